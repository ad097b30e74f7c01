#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

namespace sluice::bench {

/// A lock-free ring for one producer's thread and one consumer's. Each side keeps its last look at the
/// other's position, so that a full lap costs one cache miss, not one per message; elements are built in
/// their place. Source: L. Lamport, "Specifying concurrent program modules", 1983, with the cached positions
/// of E. Rigtorp's SPSCQueue.
template <class Element>
class spsc_ring {
public:
  /// @param capacity a power of two.
  explicit spsc_ring(std::size_t capacity)
      : mask_(capacity - 1), places_(std::make_unique<place[]>(capacity)) {}
  spsc_ring(const spsc_ring&) = delete;
  spsc_ring& operator=(const spsc_ring&) = delete;
  ~spsc_ring() {
    for (auto position = consumer_.position.load(); position != producer_.position.load(); ++position)
      std::destroy_at(at(position));
  }

  /// Producer: returns how many elements may be staged; looks at the consumer when fewer than `wanted`.
  std::size_t room(std::size_t wanted) noexcept {
    if (free() < wanted)
      producer_.other = consumer_.position.load(std::memory_order_acquire);
    return free();
  }
  /// Producer: builds an element that `publish` makes visible; there must be room.
  void stage(Element&& element) {
    ::new (static_cast<void*>(&places_[producer_.own & mask_])) Element(std::move(element));
    ++producer_.own;
  }
  void publish() noexcept { producer_.position.store(producer_.own, std::memory_order_release); }

  /// Consumer: returns how many elements may be taken; looks at the producer when fewer than `wanted`.
  std::size_t waiting(std::size_t wanted) noexcept {
    if (producer_seen() < wanted)
      consumer_.other = producer_.position.load(std::memory_order_acquire);
    return producer_seen();
  }
  /// Consumer: the oldest element; one must wait. Good until `drop`.
  Element& front() noexcept { return *at(consumer_.own); }
  /// Consumer: destroys the oldest element; `release` gives its place back.
  void drop() noexcept {
    std::destroy_at(at(consumer_.own));
    ++consumer_.own;
  }
  void release() noexcept { consumer_.position.store(consumer_.own, std::memory_order_release); }

private:
  struct alignas(Element) place {
    std::byte bytes[sizeof(Element)];
  };

  /// What one side writes, on a cache line of its own.
  struct alignas(64) side {
    /// What the other side may see.
    std::atomic<std::uint64_t> position{0};
    /// Where this side is.
    std::uint64_t own = 0;
    /// Where the other side was when this one looked last.
    std::uint64_t other = 0;
  };

  std::size_t free() const noexcept { return mask_ + 1 - (producer_.own - producer_.other); }
  std::size_t producer_seen() const noexcept { return consumer_.other - consumer_.own; }
  Element* at(std::uint64_t position) noexcept {
    return std::launder(reinterpret_cast<Element*>(&places_[position & mask_]));
  }

  std::size_t mask_;
  std::unique_ptr<place[]> places_;
  side producer_;
  side consumer_;
};

} // namespace sluice::bench
