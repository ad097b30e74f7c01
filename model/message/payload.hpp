#pragma once

#include "model/base/error.hpp"
#include "model/message/payload_copies.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace sluice {

/// Base of everything on the heap that payloads share: a reference count that starts at one.
class shared_block {
public:
  shared_block() = default;
  shared_block(const shared_block&) = delete;
  shared_block& operator=(const shared_block&) = delete;

  void retain() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
  /// Returns true when the caller held the last reference and must destroy the block.
  bool release() noexcept { return unique() || references_.fetch_sub(1, std::memory_order_acq_rel) == 1; }
  bool unique() const noexcept { return references_.load(std::memory_order_acquire) == 1; }

protected:
  ~shared_block() = default;

private:
  std::atomic<std::uint32_t> references_{1};
};

/// Base of value types that are one pointer to a `shared_block` (text, json): a payload stores them without a
/// cell. Such a type `T` has the static member `void destroy(shared_block*) noexcept` and its default value
/// is the null pointer.
class shared_handle {};

/// Describes one payload type; compare with `==`, never by address (shared libraries may hold copies).
struct payload_type {
  const std::type_info* info;
  /// What port types and messages to people call it.
  std::string_view name;
  /// The storage holds a pointer to a `shared_block`; otherwise the bytes themselves.
  bool counted;
  /// `take` can copy when others share the value.
  bool copyable;
  void (*destroy)(shared_block*) noexcept;

  friend bool operator==(const payload_type& a, const payload_type& b) noexcept {
    return &a == &b || *a.info == *b.info;
  }
};

/// Specialise to give a C++ type a name that people read in errors; the default is the mangled one.
template <class T>
struct payload_name {
  static std::string_view get() noexcept { return typeid(T).name(); }
};

namespace detail {

inline constexpr std::size_t payload_words = 3;

template <class T>
inline constexpr bool is_handle = std::is_base_of_v<shared_handle, T>;

template <class T>
inline constexpr bool is_inline = !is_handle<T> && std::is_trivially_copyable_v<T> &&
                                  sizeof(T) <= payload_words * sizeof(void*) && alignof(T) <= alignof(void*);

template <class T>
struct shared_cell : shared_block {
  template <class... Args>
  explicit shared_cell(Args&&... args) : value(std::forward<Args>(args)...) {}
  T value;
};

template <class T>
void destroy_payload([[maybe_unused]] shared_block* block) noexcept {
  if constexpr (is_handle<T>)
    T::destroy(block);
  else if constexpr (!is_inline<T>)
    delete static_cast<shared_cell<T>*>(block);
}

} // namespace detail

/// Returns the description of `T`, the same object on every call in one library.
template <class T>
const payload_type& payload_type_of() noexcept {
  static const payload_type type{&typeid(T), payload_name<T>::get(), !detail::is_inline<T>,
                                 payload_copies_v<T>, &detail::destroy_payload<T>};
  return type;
}

/// Any movable value, type-erased, 32 bytes. Up to three words of a trivially copyable type live inside;
/// other values live in one shared, reference-counted cell. Copies share the value, so it is immutable while
/// shared. A payload that was moved from is empty. Thread: one owner at a time; distinct copies may live on
/// distinct threads.
class payload {
public:
  payload() noexcept = default;

  template <class T, class = std::enable_if_t<!std::is_same_v<std::decay_t<T>, payload>>>
  explicit payload(T&& value) {
    using value_type = std::decay_t<T>;
    static_assert(std::is_move_constructible_v<value_type>,
                  "sluice: a payload must be movable; wrap this type in std::unique_ptr or std::shared_ptr");
    if constexpr (detail::is_inline<value_type> || detail::is_handle<value_type>) {
      static_assert(!detail::is_handle<value_type> || sizeof(value_type) == sizeof(void*));
      ::new (static_cast<void*>(words_)) value_type(std::forward<T>(value));
    } else {
      words_[0] = static_cast<shared_block*>(new detail::shared_cell<value_type>(std::forward<T>(value)));
    }
    type_ = &payload_type_of<value_type>();
  }

  payload(payload&& other) noexcept { take_bits(other); }
  payload(const payload& other) noexcept : type_(other.type_) {
    std::memcpy(words_, other.words_, sizeof words_);
    if (auto* shared = block())
      shared->retain();
  }
  payload& operator=(payload&& other) noexcept {
    if (this != &other) {
      reset();
      take_bits(other);
    }
    return *this;
  }
  payload& operator=(const payload& other) noexcept {
    if (this != &other)
      *this = payload(other);
    return *this;
  }
  ~payload() { reset(); }

  bool empty() const noexcept { return type_ == nullptr; }
  /// Returns the type of the value, or nullptr when empty.
  const payload_type* type() const noexcept { return type_; }

  template <class T>
  bool holds() const noexcept {
    return type_ != nullptr && *type_ == payload_type_of<T>();
  }

  /// Returns the value, or nullptr when this payload is empty or of another type. Valid while this payload
  /// is.
  template <class T>
  const T* get_if() const noexcept {
    return holds<T>() ? address<T>() : nullptr;
  }

  /// Returns the value. Throws `error("wrong_type")` when this payload is empty or of another type.
  template <class T>
  const T& get() const {
    require<T>();
    return *address<T>();
  }

  /// Returns the value and leaves this payload empty: moved when nobody shares it, copied otherwise.
  /// Throws `error("wrong_type")`, or `error("shared_payload")` when a value that cannot be copied is shared.
  template <class T>
  T take() {
    require<T>();
    T* value = const_cast<T*>(address<T>());
    if constexpr (detail::is_handle<T> || detail::is_inline<T>) {
      T taken = *value;
      reset();
      return taken;
    } else if constexpr (payload_copies_v<T>) {
      T taken = block()->unique() ? T(std::move(*value)) : T(*value);
      reset();
      return taken;
    } else {
      if (!block()->unique())
        throw error("shared_payload",
                    "a payload that cannot be copied is shared by several edges; send it to one");
      T taken = std::move(*value);
      reset();
      return taken;
    }
  }

  void reset() noexcept {
    if (type_ != nullptr && type_->counted)
      drop_share();
    type_ = nullptr;
  }

private:
  void take_bits(payload& other) noexcept {
    type_ = other.type_;
    std::memcpy(words_, other.words_, sizeof words_);
    other.type_ = nullptr;
  }

  /// Gives up this payload's share of its block; out of line, so that moves and trivial values stay small.
  void drop_share() noexcept;

  shared_block* block() const noexcept {
    return type_ != nullptr && type_->counted ? static_cast<shared_block*>(words_[0]) : nullptr;
  }

  template <class T>
  void require() const {
    if (!holds<T>())
      throw_wrong_type(payload_type_of<T>(), type_);
  }

  template <class T>
  const T* address() const noexcept {
    if constexpr (detail::is_inline<T> || detail::is_handle<T>)
      return std::launder(reinterpret_cast<const T*>(words_));
    else
      return &static_cast<detail::shared_cell<T>*>(static_cast<shared_block*>(words_[0]))->value;
  }

  [[noreturn]] static void throw_wrong_type(const payload_type& wanted, const payload_type* found);

  const payload_type* type_ = nullptr;
  void* words_[detail::payload_words] = {};
};

static_assert(sizeof(payload) == 32);

} // namespace sluice
