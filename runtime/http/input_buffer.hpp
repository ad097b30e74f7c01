#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace sluice {

/// Bytes that have arrived and are not yet used, in one piece. Not for several threads.
class input_buffer {
public:
  std::string_view data() const noexcept { return {bytes_.get() + begin_, end_ - begin_}; }

  /// Returns room for `size` more bytes behind those that are there; valid until the next call.
  char* room(std::size_t size) {
    if (capacity_ - end_ < size)
      make_room(size);
    return bytes_.get() + end_;
  }
  /// So many bytes have been put into the room.
  void added(std::size_t size) noexcept { end_ += size; }

  /// The first `size` bytes are used.
  void use(std::size_t size) noexcept {
    begin_ += size;
    if (begin_ == end_)
      begin_ = end_ = 0;
  }

private:
  void make_room(std::size_t size) {
    const auto used = end_ - begin_;
    if (capacity_ < used + size) {
      const auto larger = std::max(used + size, 2 * capacity_);
      std::unique_ptr<char[]> moved(new char[larger]);
      std::memcpy(moved.get(), bytes_.get() + begin_, used);
      bytes_ = std::move(moved);
      capacity_ = larger;
    } else {
      std::memmove(bytes_.get(), bytes_.get() + begin_, used);
    }
    begin_ = 0;
    end_ = used;
  }

  std::unique_ptr<char[]> bytes_ = std::make_unique<char[]>(0);
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

} // namespace sluice
