#pragma once

#include "model/node/node.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "bench/rules/fixed_rules.hpp"

namespace sluice::bench {

/// Returns a node of type `rules` that gets its rules from `places`.
std::unique_ptr<node> make_rules_node(std::shared_ptr<fixed_rules> places);

/// Feeds a node of type `rules` in batches, as a flow does, on the thread that calls: no actors, no edges.
class node_by_hand final : private node_host {
public:
  explicit node_by_hand(std::shared_ptr<fixed_rules> places);

  /// Feeds `count` records from `first` on; returns how many were tagged. Throws what the node throws.
  std::size_t feed(const std::vector<message>& records, std::size_t first, std::size_t count);

private:
  void request_tick(std::chrono::nanoseconds) override {}
  void set_paused(std::size_t, bool) override {}
  void defer(std::chrono::nanoseconds) override {}
  void fail(message, std::string_view code, std::string_view text) override;
  void set_held(std::size_t) override {}
  void discard(std::size_t) override {}
  void log(log_level, std::string_view, std::string_view) override {}
  void send_control(std::size_t, message) override {}
  std::chrono::nanoseconds now() const override { return {}; }
  bool stopping() const noexcept override { return false; }
  bool aborting() const noexcept override { return false; }

  std::unique_ptr<node> node_;
  node_context context_;
};

} // namespace sluice::bench
