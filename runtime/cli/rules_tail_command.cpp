#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/http_error.hpp"
#include "runtime/cli/rules_commands.hpp"
#include "runtime/cli/rules_finding_news.hpp"
#include "runtime/cli/rules_text.hpp"
#include "runtime/cli/stop_signals.hpp"
#include "runtime/cli/stop_wait.hpp"
#include "runtime/wire/rules_json.hpp"

#include <limits>
#include <optional>
#include <ostream>
#include <utility>

namespace sluice {

namespace {

/// So many times longer than usual is waited after trouble with a server.
constexpr int patience = 4;

/// What one look has come to.
struct rules_look {
  std::vector<rule_change_row> changes;
  std::optional<told_findings> findings;
};

/// Prints changes up to the limit, and findings as they come and go.
class change_printer {
public:
  change_printer(const rules_tail_arguments& arguments, const rules_scene& scene)
      : scene_(&scene),
        left_(arguments.count.value_or(std::numeric_limits<std::uint64_t>::max())),
        shows_present_(arguments.snapshot) {}

  void print(const std::vector<rule_present>& rules) const {
    for (const auto& each : rules)
      out() << (scene_->json ? rule_present_json(each) + '\n' : rule_present_line(each, scene_->clock()));
    out().flush();
  }
  void print(const rules_look& look) {
    print(look.changes);
    const auto news = news_.take(look.findings);
    // What is wrong when it begins is part of the present, which not everybody wants.
    if (std::exchange(begun_, begun_ || look.findings) || shows_present_) {
      print(news.found, "found");
      print(news.mended, "mended");
    }
    out().flush();
  }

  /// No more is to be printed, or nobody reads it.
  bool is_full() const {
    return left_ == 0 || out().fail() ||
           (scene_->streams.reader_has_gone && scene_->streams.reader_has_gone());
  }

private:
  void print(const std::vector<rule_change_row>& changes) {
    for (const auto& each : changes) {
      if (is_full())
        return;
      out() << (scene_->json ? rule_change_json(each) + '\n' : rule_change_line(each));
      --left_;
    }
  }
  void print(const std::vector<rule_finding>& findings, const char* kind) const {
    for (const auto& each : findings)
      out() << (scene_->json ? rule_finding_news_json(scene_->clock(), kind, each) + '\n'
                             : rule_finding_news_line(scene_->clock(), kind, each));
  }
  std::ostream& out() const { return scene_->streams.out; }

  const rules_scene* scene_;
  std::uint64_t left_;
  bool shows_present_;
  rules_finding_news news_;
  /// It knows what was wrong when it began.
  bool begun_ = false;
};

/// Trouble of the kind that passes, with a server that is started anew, say.
bool may_pass(const error& trouble) {
  if (trouble.code() == "unreachable")
    return true;
  const auto* const refused = dynamic_cast<const http_error*>(&trouble);
  return refused != nullptr && refused->status() >= 500;
}

/// Asks for changes again and again, and says so on `err` when that begins and ceases to fail.
class patient_asker {
public:
  patient_asker(rules_follower& follower, stop_wait& waiting, cli_streams& streams)
      : follower_(&follower), waiting_(&waiting), streams_(&streams) {}

  /// Returns what it has when there was trouble that may pass, or when it is stopped: changes come once.
  rules_look ask() {
    rules_look look;
    try {
      look.changes = follower_->changes();
      look.findings = follower_->findings();
      if (std::exchange(in_trouble_, false))
        streams_->err << "sluice: it answers again" << std::endl;
    } catch (const error& trouble) {
      if (waiting_->is_stopped())
        return look;
      if (!may_pass(trouble))
        throw;
      if (!std::exchange(in_trouble_, true))
        streams_->err << "sluice: " << trouble.what() << "; asking again until it answers" << std::endl;
    }
    return look;
  }

  void wait() {
    const auto time = follower_->interval() * (in_trouble_ ? patience : 1);
    waiting_->wait(in_trouble_ ? -1 : follower_->descriptor(), time);
  }

private:
  rules_follower* follower_;
  stop_wait* waiting_;
  cli_streams* streams_;
  bool in_trouble_ = false;
};

void print_idle(rules_follower& follower, change_printer& printer) {
  bool any = true;
  while (any && !printer.is_full()) {
    rules_look look{follower.changes(), follower.findings()};
    printer.print(look);
    any = !look.changes.empty();
  }
}

void print_live(rules_follower& follower, stop_wait& waiting, const rules_scene& scene,
                change_printer& printer) {
  patient_asker asker(follower, waiting, scene.streams);
  while (!printer.is_full() && !waiting.is_stopped()) {
    const auto look = asker.ask();
    printer.print(look);
    if (look.changes.empty())
      asker.wait();
  }
}

} // namespace

int carry_out(const rules_tail_arguments& arguments, const rules_scene& scene) {
  const auto since =
      arguments.since ? std::optional(static_cast<std::int64_t>(*arguments.since)) : std::nullopt;
  const auto follower = scene.client.follow(since);
  change_printer printer(arguments, scene);
  stop_wait waiting;
  // A store starts no threads, nor does libcurl: the signals reach nobody else.
  const signal_block block;
  const stop_signals signals([&](int signal, unsigned count) {
    waiting.stop();
    follower->interrupt();
    if (count > 1 && scene.streams.leave)
      scene.streams.leave(exit_status::signal_base + signal); // it hangs in a write
  });
  if (!since) {
    const auto rules = follower->begin();
    if (arguments.snapshot)
      printer.print(rules);
  }
  if (arguments.until_idle)
    print_idle(*follower, printer);
  else
    print_live(*follower, waiting, scene, printer);
  return exit_status::success;
}

} // namespace sluice
