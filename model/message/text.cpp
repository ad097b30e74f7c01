#include "model/message/text.hpp"

#include <cstdlib>
#include <cstring>
#include <new>

namespace sluice {

namespace {

/// The header of a text; its bytes follow in the same allocation.
struct text_block : shared_block {
  explicit text_block(std::size_t bytes) : size(bytes) {}
  std::size_t size;

  char* data() noexcept { return reinterpret_cast<char*>(this + 1); }
};

} // namespace

text::text(std::string_view bytes) : text(uninitialized(bytes.size())) {
  if (!bytes.empty())
    std::memcpy(mutable_bytes(), bytes.data(), bytes.size());
}

text text::uninitialized(std::size_t size) {
  text result;
  if (size == 0)
    return result;
  void* memory = std::malloc(sizeof(text_block) + size);
  if (memory == nullptr)
    throw std::bad_alloc();
  result.block_ = ::new (memory) text_block(size);
  return result;
}

char* text::mutable_bytes() noexcept {
  return static_cast<text_block*>(block_)->data();
}

std::string_view text::view() const noexcept {
  if (block_ == nullptr)
    return {};
  auto* block = static_cast<text_block*>(block_);
  return {block->data(), block->size};
}

void text::destroy(shared_block* block) noexcept {
  auto* header = static_cast<text_block*>(block);
  if (header != nullptr) {
    header->~text_block();
    std::free(header);
  }
}

} // namespace sluice
