#pragma once

#include "persistence/store/store.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace sluice {

/// A store that is opened when it is first needed, and again at the next need while that fails.
class opened_store {
public:
  explicit opened_store(std::function<std::unique_ptr<store>()> open) : open_(std::move(open)) {}

  /// Throws what opening throws.
  store& get() {
    if (!store_)
      store_ = open_();
    return *store_;
  }
  store* if_open() const noexcept { return store_.get(); }
  void close() noexcept { store_.reset(); }

private:
  std::function<std::unique_ptr<store>()> open_;
  std::unique_ptr<store> store_;
};

} // namespace sluice
