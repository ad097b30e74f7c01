#pragma once

#include "actors/flow/node_links.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace sluice::testing {

/// Keeps what a node says to its edges and its supervisor, and holds the clock that the node reads. `story`
/// has everything in the order in which it was said; tests let a node's own handlers write to it, too.
class recording_node_links final : public node_links {
public:
  struct timer {
    node_timer which;
    std::chrono::nanoseconds due;
    std::uint64_t generation;
  };
  struct log_line {
    log_level level;
    std::string event;
    std::string text;
  };

  void send_batch(std::size_t output, batch_pointer batch) override {
    tell(batch->marker ? "marker" : "batch", output);
    largest_batch = std::max(largest_batch, batch->size());
    markers[output] += batch->marker.has_value();
    for (auto& one : batch->messages)
      sent[output].push_back(std::move(one));
    batch->clear();
    emptied.push_back(std::move(batch));
  }
  void send_taken(std::size_t input, std::size_t count, batch_pointer spare) override {
    tell("taken " + std::to_string(count) + " of", input);
    taken[input] += count;
    spares += spare != nullptr;
  }
  void send_control(std::size_t output, message control) override {
    tell("control", output);
    controls[output].push_back(std::move(control));
  }
  void return_control_credit(std::size_t input) override {
    tell("control taken of", input);
    ++control_credit[input];
  }
  void return_control_place() override { ++control_places_returned; }
  bool close_control_places() override { return !control_on_its_way; }
  void schedule(node_timer which, std::chrono::nanoseconds after, std::uint64_t generation) override {
    timers.push_back({which, clock + after, generation});
  }
  void report_ended() override { story.emplace_back("ended"); }
  void report_failed(std::string reason) override {
    story.emplace_back("failed");
    failures.push_back(std::move(reason));
  }
  void report_waiting() override { story.emplace_back("waiting"); }
  void report_closed() override { story.emplace_back("closed"); }
  void log(log_level level, std::string_view event, std::string_view text) override {
    logged.push_back({level, std::string(event), std::string(text)});
  }
  bool stopping() const noexcept override { return asked_to_stop; }
  bool aborting() const noexcept override { return being_aborted; }
  std::chrono::nanoseconds now() const override { return clock; }
  std::chrono::nanoseconds wall_time() const override { return std::chrono::hours{24 * 365 * 50} + clock; }

  bool asked_to_stop = false;
  bool being_aborted = false;
  bool control_on_its_way = false;
  std::chrono::nanoseconds clock{std::chrono::seconds{1000}};
  std::vector<std::string> story;
  std::map<std::size_t, std::vector<message>> sent;
  std::map<std::size_t, std::size_t> markers;
  std::map<std::size_t, std::vector<message>> controls;
  std::map<std::size_t, std::size_t> taken;
  std::map<std::size_t, std::size_t> control_credit;
  std::size_t control_places_returned = 0;
  std::size_t spares = 0;
  std::size_t largest_batch = 0;
  /// Emptied buffers, as an edge would give them back.
  std::vector<batch_pointer> emptied;
  std::vector<timer> timers;
  std::vector<std::string> failures;
  std::vector<log_line> logged;

private:
  void tell(const std::string& what, std::size_t where) {
    story.push_back(what + " " + std::to_string(where));
  }
};

} // namespace sluice::testing
