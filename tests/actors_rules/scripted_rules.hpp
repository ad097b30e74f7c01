#pragma once

#include "model/base/error.hpp"
#include "persistence/rules/rule_changes.hpp"
#include "persistence/rules/rule_store.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace sluice {

inline std::shared_ptr<const rule> make_rule(const std::string& id, const std::string& pattern,
                                             std::uint64_t version = 1) {
  rule made;
  made.id = id;
  made.version = version;
  made.name = id;
  made.field = "command";
  made.pattern = pattern;
  made.emits.push_back({"T1059", "execution", 0.9});
  return std::make_shared<const rule>(std::move(made));
}

/// A place of rules that lives in a test: what any number of stores have in common, and what is to go wrong.
/// Any thread.
class scripted_rules {
public:
  scripted_rules() = default;
  scripted_rules(const scripted_rules&) = delete;
  scripted_rules& operator=(const scripted_rules&) = delete;
  ~scripted_rules() { close(event_); }

  void define(std::shared_ptr<const rule> what) {
    rule_change change;
    change.rule = what->id;
    change.definition = std::move(what);
    append(std::move(change));
  }
  void remove(const std::string& id) {
    rule_change change;
    change.what = rule_change::kind::removed;
    change.rule = id;
    append(std::move(change));
  }
  void say(const std::string& id, const rule_state& state,
           rule_change::kind what = rule_change::kind::state) {
    rule_change change;
    change.what = what;
    change.rule = id;
    change.state = state;
    append(std::move(change));
  }
  /// A finding of the next look, and of every load until `mend`.
  void find_fault(const std::string& place, const std::string& text) {
    rule_finding found;
    found.place = place;
    found.what.code = finding_code::bad_value;
    found.what.text = text;
    const std::lock_guard lock(mutex_);
    findings_.push_back(found);
    news_.push_back(found);
  }
  void mend() {
    const std::lock_guard lock(mutex_);
    findings_.clear();
  }

  /// From here on reading, or writing, fails with this code; empty: it works again.
  void fail_reading(std::string code) { put(reading_, std::move(code)); }
  void fail_writing(std::string code) { put(writing_, std::move(code)); }

  rule_state state(const std::string& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = view_.find(id);
    return found == view_.end() ? rule_state{} : found->second.state;
  }
  std::size_t count(rule_change::kind what) const {
    const std::lock_guard lock(mutex_);
    std::size_t found = 0;
    for (const auto& each : log_)
      found += each.what == what ? 1 : 0;
    return found;
  }
  /// How often somebody has asked for changes.
  std::size_t looks() const {
    const std::lock_guard lock(mutex_);
    return looks_;
  }

  /// Returns one more store of this place, which it must not outlive.
  std::unique_ptr<rule_store> open() { return std::make_unique<store>(*this, false); }
  /// The same with a descriptor that becomes readable with each change.
  std::unique_ptr<rule_store> open_watched() { return std::make_unique<store>(*this, true); }

private:
  class store final : public rule_store {
  public:
    store(scripted_rules& in, bool watched) : in_(in), watched_(watched) {}

    rule_snapshot load() override {
      const std::lock_guard lock(in_.mutex_);
      require(in_.reading_);
      next_ = in_.log_.size();
      return {in_.view_, in_.findings_};
    }
    std::vector<rule_change> changes() override {
      const std::lock_guard lock(in_.mutex_);
      ++in_.looks_;
      require(in_.reading_);
      if (watched_) {
        std::uint64_t ignored = 0;
        (void)!read(in_.event_, &ignored, sizeof ignored);
      }
      std::vector<rule_change> news(in_.log_.begin() + static_cast<std::ptrdiff_t>(next_), in_.log_.end());
      next_ = in_.log_.size();
      return news;
    }
    std::vector<rule_finding> take_findings() override {
      const std::lock_guard lock(in_.mutex_);
      return std::exchange(in_.news_, {});
    }
    std::vector<rule_finding> findings_now() const override {
      const std::lock_guard lock(in_.mutex_);
      return in_.findings_;
    }
    int descriptor() const noexcept override { return watched_ ? in_.event_ : -1; }
    rule_state state(const std::string& rule, utc_time now) override {
      {
        const std::lock_guard lock(in_.mutex_);
        require(in_.reading_);
      }
      return effective(in_.state(rule), now);
    }
    void set_state(const std::string& rule, const rule_state& state, utc_time) override {
      {
        const std::lock_guard lock(in_.mutex_);
        require(in_.writing_);
      }
      in_.say(rule, state);
    }
    std::size_t expire(utc_time now) override {
      std::vector<std::string> ended;
      {
        const std::lock_guard lock(in_.mutex_);
        require(in_.writing_);
        for (const auto& [id, each] : in_.view_)
          if (each.state.is_expired(now))
            ended.push_back(id);
      }
      for (const auto& id : ended)
        in_.say(id, {}, rule_change::kind::expired);
      return ended.size();
    }

  private:
    static void require(const std::string& trouble) {
      if (!trouble.empty())
        throw error(trouble, "the place of the test says " + trouble);
    }

    scripted_rules& in_;
    bool watched_;
    std::size_t next_ = 0;
  };

  void append(rule_change change) {
    {
      const std::lock_guard lock(mutex_);
      change.number = static_cast<std::int64_t>(log_.size()) + 1;
      apply_change(view_, change);
      log_.push_back(std::move(change));
    }
    const std::uint64_t one = 1;
    (void)!write(event_, &one, sizeof one);
  }
  void put(std::string& what, std::string code) {
    const std::lock_guard lock(mutex_);
    what = std::move(code);
  }

  mutable std::mutex mutex_;
  rule_view view_;
  std::vector<rule_change> log_;
  std::vector<rule_finding> findings_;
  std::vector<rule_finding> news_;
  std::string reading_;
  std::string writing_;
  std::size_t looks_ = 0;
  int event_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
};

} // namespace sluice
