#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/http_error.hpp"
#include "runtime/cli/rules_commands.hpp"
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

/// Prints changes up to the limit.
class change_printer {
public:
  change_printer(const rules_tail_arguments& arguments, const rules_scene& scene)
      : scene_(&scene), left_(arguments.count.value_or(std::numeric_limits<std::uint64_t>::max())) {}

  void print(const std::vector<rule_present>& rules) const {
    for (const auto& each : rules)
      out() << (scene_->json ? rule_present_json(each) + '\n' : rule_present_line(each, scene_->clock()));
    out().flush();
  }
  void print(const std::vector<rule_change_row>& changes) {
    for (const auto& each : changes) {
      if (is_full())
        return;
      out() << (scene_->json ? rule_change_json(each) + '\n' : rule_change_line(each));
      --left_;
    }
    out().flush();
  }

  /// No more is to be printed, or nobody reads it.
  bool is_full() const {
    return left_ == 0 || out().fail() ||
           (scene_->streams.reader_has_gone && scene_->streams.reader_has_gone());
  }

private:
  std::ostream& out() const { return scene_->streams.out; }

  const rules_scene* scene_;
  std::uint64_t left_;
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

  /// Returns nothing when there was trouble that may pass, or when it is stopped.
  std::vector<rule_change_row> ask() {
    try {
      auto changes = follower_->changes();
      if (std::exchange(in_trouble_, false))
        streams_->err << "sluice: it answers again" << std::endl;
      return changes;
    } catch (const error& trouble) {
      if (waiting_->is_stopped())
        return {};
      if (!may_pass(trouble))
        throw;
      if (!std::exchange(in_trouble_, true))
        streams_->err << "sluice: " << trouble.what() << "; asking again until it answers" << std::endl;
      return {};
    }
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
  for (auto changes = follower.changes(); !changes.empty() && !printer.is_full();
       changes = follower.changes())
    printer.print(changes);
}

void print_live(rules_follower& follower, stop_wait& waiting, const rules_scene& scene,
                change_printer& printer) {
  patient_asker asker(follower, waiting, scene.streams);
  while (!printer.is_full() && !waiting.is_stopped()) {
    const auto changes = asker.ask();
    printer.print(changes);
    if (changes.empty())
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
