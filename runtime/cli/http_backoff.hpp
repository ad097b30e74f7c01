#pragma once

#include "model/base/random_source.hpp"

#include <chrono>
#include <utility>

namespace sluice {

/// How long to wait before the next try to reach a server that has gone: 0.2 s, doubled up to 5 s, each
/// shortened by chance by up to half, so that clients which lost a server together do not come back together.
class http_backoff {
public:
  static constexpr std::chrono::milliseconds first{200};
  static constexpr std::chrono::milliseconds longest{5'000};

  explicit http_backoff(random_source random) : random_(std::move(random)) {}

  /// Returns the next pause.
  std::chrono::milliseconds next();
  /// The server is there: the next outage begins anew.
  void reset() noexcept { pause_ = first; }

private:
  random_source random_;
  std::chrono::milliseconds pause_ = first;
};

} // namespace sluice
