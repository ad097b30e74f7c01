#pragma once

#include "model/message/payload.hpp"

#include <string>
#include <string_view>

namespace sluice {

/// What a port carries: one payload type, or `any`. Error messages pass every port.
class port_type {
public:
  /// `any`.
  port_type() noexcept = default;
  explicit port_type(const payload_type& type) noexcept : type_(&type) {}

  template <class T>
  static port_type of() noexcept {
    return port_type(payload_type_of<T>());
  }
  static port_type any() noexcept { return {}; }

  bool is_any() const noexcept { return type_ == nullptr; }
  std::string_view name() const noexcept { return type_ ? type_->name : "any"; }

  /// Returns true when a value of this type may be sent to a port of type `to`; `any` on either side is
  /// settled at run time.
  bool fits(const port_type& to) const noexcept { return is_any() || to.is_any() || *type_ == *to.type_; }
  /// Returns true when `value` may enter a port of this type.
  bool accepts(const payload& value) const noexcept {
    return type_ == nullptr || (value.type() != nullptr && *value.type() == *type_);
  }

private:
  const payload_type* type_ = nullptr;
};

} // namespace sluice
