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
  text(const text& other) noexcept : block_(other.block_) {
    if (block_ != nullptr)
      block_->retain();
  }
  text(text&& other) noexcept : block_(std::exchange(other.block_, nullptr)) {}
  text& operator=(text other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
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

  std::string_view view() const noexcept;
  std::size_t size() const noexcept { return view().size(); }
  bool empty() const noexcept { return view().empty(); }

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
  using text::text;
};

template <>
struct payload_name<text> {
  static std::string_view get() noexcept { return "text"; }
};

template <>
struct payload_name<bytes> {
  static std::string_view get() noexcept { return "bytes"; }
};

} // namespace sluice
