#pragma once

#include "model/message/payload.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice {

/// A shared, immutable JSON document that keeps the order of its members. One pointer; copies share. The null
/// handle is the JSON value null. Integers within the range of 64 bits survive exactly.
class json : public shared_handle {
public:
  /// Null.
  json() noexcept = default;
  /// That document.
  explicit json(nlohmann::ordered_json value);
  /// Shares the document.
  json(const json& other) noexcept : block_(other.block_) {
    if (block_ != nullptr)
      block_->retain();
  }
  /// Leaves `other` null.
  json(json&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  /// Shares the document, or takes it over.
  json& operator=(json other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  /// Frees a document that nobody else shares.
  ~json() {
    if (block_ != nullptr && block_->release())
      destroy(block_);
  }

  /// Returns the document in `source`. Throws `error("bad_json")` that names the byte and the trouble, also
  /// when nesting is deeper than `defaults::json_depth`.
  static json parse(std::string_view source);

  /// Returns the document whose compact form is `text`, unread until its value is asked for: for what this
  /// program has just put together and will mostly be written as it is. Text that is no document has the
  /// value null.
  static json of_compact(std::string text);

  /// Returns the value; valid while this handle or a copy of it lives.
  const nlohmann::ordered_json& value() const noexcept;

  /// Returns the compact form on one line. Bytes that are not UTF-8 are replaced by U+FFFD.
  std::string dump() const;
  /// Returns the compact form if it is at hand, else nothing; valid while this handle or a copy of it lives.
  std::string_view kept_text() const noexcept;
  /// Appends the compact form to `out`.
  void dump_to(std::string& out) const;

  /// For `payload`: frees a block whose last reference is gone. Accepts nullptr.
  static void destroy(shared_block* block) noexcept;

private:
  shared_block* block_ = nullptr;
};

/// Ports of it are shown as `json`.
template <>
struct payload_name<json> {
  /// The name.
  static std::string_view get() noexcept { return "json"; }
};

} // namespace sluice
