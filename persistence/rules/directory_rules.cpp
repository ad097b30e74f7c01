#include "persistence/rules/directory_rules.hpp"

#include "model/base/error.hpp"
#include "model/rules/rule_reader.hpp"
#include "persistence/rules/directory_watch.hpp"
#include "persistence/rules/file_events.hpp"
#include "persistence/rules/rule_folder.hpp"
#include "persistence/rules/rule_state_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <iterator>
#include <optional>
#include <unistd.h>
#include <utility>

namespace sluice {

namespace {

/// The directory that a path leads to now: what is read in one call comes from one directory.
class open_directory {
public:
  explicit open_directory(const std::filesystem::path& path)
      : number_(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (number_ < 0)
      throw error(
          "rules_unavailable",
          fmt::format("cannot open the directory of rules {}: {}; bring it back, or let this user read it",
                      path.native(), std::strerror(errno)));
  }
  open_directory(const open_directory&) = delete;
  open_directory& operator=(const open_directory&) = delete;
  ~open_directory() { ::close(number_); }
  int get() const noexcept { return number_; }

private:
  int number_;
};

class directory_rules final : public rule_store {
public:
  directory_rules(std::filesystem::path path, std::function<utc_time()> clock, log_sink log,
                  rule_batch_reader reader)
      : path_(std::move(path)),
        clock_(std::move(clock)),
        log_(std::move(log)),
        folder_(path_, std::move(reader)),
        states_(path_),
        events_(folder_) {
    const open_directory here(path_);
    watch_.watch(here.get());
  }

  int descriptor() const noexcept override { return watch_.descriptor(); }

  rule_snapshot load() override {
    const open_directory here(path_);
    // Until all of it has been read: what is thrown away here is looked at again.
    behind_ = states_behind_ = true;
    watch_.take();
    keep_watching(here);
    auto states = states_.read();
    scan(here);
    folder_.settle(clock_());
    seen_states_ = std::move(states);
    states_behind_ = false;
    return snapshot();
  }

  std::vector<rule_change> changes() override {
    std::vector<rule_change> made;
    if (follow_files(watch_.take(), made))
      follow_states(made);
    for (auto& change : made)
      change.number = ++last_number_;
    return made;
  }

  std::vector<rule_finding> take_findings() override {
    auto all = folder_.take_findings();
    std::move(found_.begin(), found_.end(), std::back_inserter(all));
    found_.clear();
    return all;
  }

  std::vector<rule_finding> findings_now() const override {
    auto all = folder_.findings_now();
    for (const auto* trouble : {&trouble_, &states_trouble_})
      if (*trouble)
        all.push_back(**trouble);
    return all;
  }

  rule_state state(const std::string& rule, utc_time now) override {
    const open_directory here(path_);
    const auto record = states_.read();
    const auto said = record.states.find(rule);
    return said == record.states.end() ? rule_state{} : effective(said->second, now);
  }

  void set_state(const std::string& rule, const rule_state& state, utc_time now) override {
    if (!is_rule_id(rule))
      throw error("bad_name", fmt::format("'{}' is no id of a rule: use letters, digits, _, - and .", rule));
    require_state(state, now);
    const open_directory here(path_);
    states_.update([&](rule_state_record& record) { return sluice::set_state(record, rule, state, now); });
  }

  std::size_t expire(utc_time now) override {
    const open_directory here(path_);
    // A look is in nobody's way, a turn to write is.
    const auto record = states_.read();
    if (std::none_of(record.states.begin(), record.states.end(),
                     [now](const auto& each) { return each.second.is_expired(now); }))
      return 0;
    std::size_t count = 0;
    states_.update([&](rule_state_record& current) {
      count = expire_states(current, now);
      return count > 0;
    });
    return count;
  }

private:
  void keep_watching(const open_directory& here) {
    if (watch_.is_watching(here.get()))
      return;
    behind_ = states_behind_ = true;
    watch_.watch(here.get());
    say(log_level::info, "rules_directory_watched",
        fmt::format("watching another directory {}", path_.native()));
  }

  void scan(const open_directory& here) {
    events_.forget();
    folder_.scan(here.get());
    behind_ = false;
  }

  /// Returns false, and all is to be read anew, when the directory is not there.
  bool follow_files(std::vector<directory_event> events, std::vector<rule_change>& made) {
    try {
      const open_directory here(path_);
      keep_watching(here);
      notice(events);
      if (behind_)
        scan(here);
      else
        events_.begin(std::move(events), clock_());
      do {
        append(folder_.settle(clock_()), made);
        if (events_.next_name() == rule_state_file::name)
          follow_states(made);
      } while (events_.take_next(here.get()));
      folder_.read_left_out(here.get());
      append(folder_.settle(clock_()), made);
      trouble_.reset();
      return true;
    } catch (const error& wrong) {
      tell_once(trouble_, path_, wrong);
      behind_ = states_behind_ = true;
      return false;
    }
  }

  void notice(const std::vector<directory_event>& events) {
    for (const auto& event : events) {
      states_behind_ |= event.name == rule_state_file::name;
      if (event.what != directory_event::kind::missed)
        continue;
      behind_ = states_behind_ = true;
      say(log_level::warning, "rules_rescan",
          "more has happened than the kernel could tell; reading all rules");
    }
  }

  void follow_states(std::vector<rule_change>& made) {
    if (!states_behind_)
      return;
    try {
      auto now = states_.read();
      if (now.last == 0 && seen_states_.last > 0)
        say(log_level::warning, "rule_states_gone",
            fmt::format("somebody has taken away the states of rules in {}: every rule is enabled",
                        path_.native()));
      append(changes_between(seen_states_, now, clock_()), made);
      seen_states_ = std::move(now);
      states_behind_ = false;
      states_trouble_.reset();
    } catch (const error& wrong) {
      tell_once(states_trouble_, path_ / rule_state_file::name, wrong);
    }
  }

  static void append(std::vector<rule_change> more, std::vector<rule_change>& to) {
    std::move(more.begin(), more.end(), std::back_inserter(to));
  }

  rule_snapshot snapshot() const {
    rule_snapshot now;
    for (const auto& [id, definition] : folder_.in_force())
      now.rules.emplace_hint(now.rules.end(), id, viewed_rule{definition, {}});
    for (const auto& [id, state] : seen_states_.states)
      now.rules[id].state = state;
    now.findings = folder_.findings_now();
    return now;
  }

  /// Trouble that stays is told once.
  void tell_once(std::optional<rule_finding>& told, const std::filesystem::path& place, const error& wrong) {
    finding what;
    what.code = finding_code::rules_unavailable;
    what.text = fmt::format("{}; what was in force stays in force", wrong.what());
    if (told && told->what.text == what.text)
      return;
    told = rule_finding{place.native(), std::move(what)};
    found_.push_back(*told);
  }

  void say(log_level level, std::string_view event, const std::string& text) const {
    if (log_)
      log_(level, event, text);
  }

  std::filesystem::path path_;
  std::function<utc_time()> clock_;
  log_sink log_;
  directory_watch watch_;
  rule_folder folder_;
  rule_state_file states_;
  file_events events_;
  /// As of what `load` and `changes` have returned.
  rule_state_record seen_states_;
  /// Whether everything is to be read, because events alone do not tell.
  bool behind_ = true;
  bool states_behind_ = true;
  std::int64_t last_number_ = 0;
  /// Of the directory, and of the file of states, while it lasts.
  std::optional<rule_finding> trouble_;
  std::optional<rule_finding> states_trouble_;
  std::vector<rule_finding> found_;
};

} // namespace

std::unique_ptr<rule_store> open_rule_directory(const std::filesystem::path& directory,
                                                std::function<utc_time()> clock, log_sink log,
                                                rule_batch_reader reader) {
  return std::make_unique<directory_rules>(std::filesystem::absolute(directory), std::move(clock),
                                           std::move(log), std::move(reader));
}

} // namespace sluice
