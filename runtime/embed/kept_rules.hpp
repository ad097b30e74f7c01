#pragma once

#include "actors/rules/rule_keeping.hpp"
#include "model/base/error.hpp"
#include "runtime/embed/keeper_line.hpp"
#include "runtime/embed/rule_book.hpp"

#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <utility>

namespace sluice {

/// The rules of one place and the way to their keeper, which ends with it: what `rule_book` is a handle of.
class rule_book::kept {
public:
  /// What it shares with its keeper.
  struct parts {
    rule_place place;
    std::function<utc_time()> clock;
    std::shared_ptr<rules_in_force> in_force;
    std::shared_ptr<rule_shelf> shelf;
    std::shared_ptr<keeper_line> line;
    /// Its rules are in force in another place alone.
    bool is_source = false;
  };

  /// Has the keeper load.
  explicit kept(parts given);
  ~kept() { parts_.line->stop(); }
  kept(const kept&) = delete;
  kept& operator=(const kept&) = delete;

  /// Waits until the rules are loaded. Throws what the load threw.
  void wait_until_loaded() const { (void)loaded_.get(); }
  bool is_loaded() const noexcept;
  const parts& shared() const noexcept { return parts_; }
  error ended() const;

  /// Runs `what` on the keeper's thread. The future throws what it throws, or `error("rules_unavailable")`
  /// when the keeper has ended.
  template <class T>
  std::future<T> ask(std::function<T(rule_keeping&)> what) const {
    auto promise = std::make_shared<std::promise<T>>();
    auto future = promise->get_future();
    parts_.line->send([promise, what = std::move(what), ended = ended()](rule_keeping* in) {
      // Who waits may be the last to let go of a failure: nothing here holds it any more by then.
      std::exception_ptr failure;
      try {
        if (in == nullptr)
          throw error(ended);
        promise->set_value(what(*in));
      } catch (...) {
        failure = std::current_exception();
      }
      if (failure)
        promise->set_exception(std::move(failure));
    });
    return future;
  }

private:
  parts parts_;
  std::shared_future<bool> loaded_;
};

} // namespace sluice
