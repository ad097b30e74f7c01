#pragma once

#include "model/edge/edge_core.hpp"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace sluice::testing {

/// Keeps what an edge sends to its ends.
class recording_edge_links final : public edge_links {
public:
  struct refusal {
    message refused;
    std::string why;
  };

  void deliver(batch_pointer batch) override { delivered.push_back(std::move(batch)); }
  void announce() override { ++announcements; }
  void grant(std::size_t count, batch_pointer spare) override {
    credit += count;
    ++grants;
    if (spare)
      spares.push_back(std::move(spare));
  }
  void refuse(message rejected, std::string_view why) override {
    refused.push_back({std::move(rejected), std::string(why)});
  }

  std::vector<batch_pointer> delivered;
  std::size_t announcements = 0;
  /// Credit in the producer's hands; a test that offers messages takes it from here.
  std::size_t credit = 0;
  std::size_t grants = 0;
  std::vector<batch_pointer> spares;
  std::vector<refusal> refused;
};

} // namespace sluice::testing
