#pragma once

#include "model/message/payload.hpp"

#include <cstddef>
#include <string_view>

namespace sluice {

/// Immutable shared bytes. "Text" is any bytes, invalid UTF-8 and NUL included. One pointer; copies share.
class text : public shared_handle {
public:
  /// The empty text; allocates nothing.
  text() noexcept = default;
  /// Copies `bytes`.
  explicit text(std::string_view bytes);
  /// Shares the bytes.
  text(const text& other) noexcept : block_(other.block_) {
    if (block_ != nullptr)
      block_->retain();
  }
  /// Leaves `other` empty.
  text(text&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  /// Shares the bytes, or takes them over.
  text& operator=(text other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  /// Frees bytes that nobody else shares.
  ~text() {
    if (block_ != nullptr)
      drop();
  }

  /// Returns a text of `size` bytes and lets `fill(char*)` write them, once, before anyone else sees it.
  template <class Fill>
  static text with_size(std::size_t size, Fill&& fill) {
    text result = uninitialized(size);
    if (size != 0)
      fill(result.mutable_bytes());
    return result;
  }

  /// The bytes; valid while this handle or a copy of it lives.
  std::string_view view() const noexcept;
  /// In bytes.
  std::size_t size() const noexcept { return view().size(); }
  /// True when it has none.
  bool empty() const noexcept { return view().empty(); }

  /// Compares the bytes.
  friend bool operator==(const text& a, const text& b) noexcept { return a.view() == b.view(); }

  /// For `payload`: frees a block whose last reference is gone. Accepts nullptr.
  static void destroy(shared_block* block) noexcept;

private:
  static text uninitialized(std::size_t size);
  char* mutable_bytes() noexcept;
  void drop() noexcept {
    if (block_->release())
      destroy(block_);
  }

  shared_block* block_ = nullptr;
};

/// Opaque bytes: what `text` is to `bytes` is intent, so the port types differ and a graph cannot mix them by
/// mistake.
class bytes : public text {
public:
  /// As `text` is made.
  using text::text;
};

/// Ports of it are shown as `text`.
template <>
struct payload_name<text> {
  /// The name.
  static std::string_view get() noexcept { return "text"; }
};

/// Ports of it are shown as `bytes`.
template <>
struct payload_name<bytes> {
  /// The name.
  static std::string_view get() noexcept { return "bytes"; }
};

} // namespace sluice
