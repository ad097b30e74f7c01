#pragma once

#include "persistence/requests/store_meters.hpp"
#include "persistence/requests/store_ticket.hpp"

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace sluice {

/// Many requests in one transaction, because a commit waits for the disk however much is in it (group commit:
/// DeWitt et al. 1984). Urgent ones go first, the others as they came. Each is finished after its commit, so
/// nothing is acknowledged that is not durable; and each stands for itself: one that is refused has no effect
/// on the others, and sees nothing of them that is not committed. One thread at a time.
class group_commit {
public:
  using ticket = std::shared_ptr<store_ticket>;
  using utc_clock = std::function<utc_time()>;
  using stopwatch = std::function<std::chrono::nanoseconds()>;

  /// `clock` is what requests are told, once per transaction; `elapsed` measures commits. `meters` outlives
  /// this object.
  group_commit(utc_clock clock, stopwatch elapsed, store_meters& meters);

  void add(store_priority priority, ticket request);
  bool empty() const noexcept { return urgent_.empty() && normal_.empty(); }
  std::size_t size() const noexcept { return urgent_.size() + normal_.size(); }

  /// Carries out what was added and finishes each. Returns whether the store has changed. When a request
  /// throws, the transaction is rolled back; those before it are run again and committed, and it comes first
  /// in the next one: what it throws then, it throws on a committed state, and that is its answer. When a
  /// transaction cannot begin or commit, all requests in it fail with that.
  bool commit(store& in);
  /// Finishes what was added with a failure, e.g. because the store cannot be opened.
  void fail(std::exception_ptr why);
  /// Lets go of what was added: it fails with `store_closed`.
  void abandon() noexcept;

private:
  using requests = std::span<ticket>;

  /// How far a transaction came: `ran` requests without a failure, then perhaps one with `why`. Without `why`
  /// all are finished.
  struct progress {
    std::size_t ran = 0;
    std::exception_ptr why = nullptr;
  };

  std::vector<ticket> take();
  void carry_out(store& in, requests all);
  progress try_together(store& in, requests all);
  progress run_all(store& in, requests all);
  void commit_together(store& in, requests all);
  void finish_all(requests all, std::exception_ptr why) noexcept;
  void finish(store_ticket& request, std::exception_ptr failure) noexcept;

  utc_clock clock_;
  stopwatch elapsed_;
  store_meters* meters_;
  std::vector<ticket> urgent_;
  std::vector<ticket> normal_;
  bool changed_ = false;
};

} // namespace sluice
