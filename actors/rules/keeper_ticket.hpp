#pragma once

#include <functional>
#include <memory>
#include <utility>

namespace sluice {

class rule_keeping;

/// Something to do on a keeper's thread. Whatever happens, it is called exactly once: with nullptr, and not
/// on the keeper's thread, if everybody has let go of it before, e.g. because the keeper has ended. One
/// thread at a time has it.
class keeper_ticket {
public:
  /// Must not throw.
  using work = std::function<void(rule_keeping* in)>;

  explicit keeper_ticket(work what) : work_(std::move(what)) {}
  keeper_ticket(const keeper_ticket&) = delete;
  keeper_ticket& operator=(const keeper_ticket&) = delete;
  ~keeper_ticket() { run(nullptr); }

  void run(rule_keeping* in) noexcept {
    if (const auto what = std::exchange(work_, nullptr))
      what(in);
  }

private:
  work work_;
};

} // namespace sluice
