#pragma once

namespace sluice {

/// When to look into a store: one look at a time, one more if there was reason for it meanwhile, however many
/// reasons; after a look that failed only by the clock.
class look_pace {
public:
  /// There is reason to look. Returns whether to begin now.
  bool ask() noexcept {
    if (!under_way_ && !failing_)
      return begin();
    asked_ = true;
    return false;
  }
  /// The clock says so. Returns whether to begin now.
  bool tick() noexcept { return !under_way_ && begin(); }

  /// The look is over; `more`: it has left something. Returns whether to begin the next at once.
  bool succeeded(bool more) noexcept {
    under_way_ = failing_ = false;
    return (more || asked_) && begin();
  }
  void failed() noexcept {
    under_way_ = false;
    failing_ = true;
  }
  bool failing() const noexcept { return failing_; }

private:
  bool begin() noexcept {
    asked_ = false;
    return under_way_ = true;
  }

  bool under_way_ = false;
  bool asked_ = false;
  bool failing_ = false;
};

} // namespace sluice
