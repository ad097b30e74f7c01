#pragma once

#include "runtime/embed/flow_runtime.hpp"
#include "tests/stress/random/accounting.hpp"
#include "tests/stress/random/dice.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace sluice::stress {

/// What is done to a flow from outside while it runs, by the number of looks at its counters: time would
/// mean something else on every machine.
class interference {
public:
  /// Most flows are left alone; the others are paused and resumed, stopped with any deadline, or aborted.
  interference(dice& chance, const graph_recipe& recipe);

  /// Does what is due at look number `look`, and notes it.
  void act(const flow& running, std::uint64_t look);

  const treatment& done() const noexcept { return done_; }
  /// The flow was ended by somebody else's doing.
  void note_aborted() noexcept { done_.aborted = true; }
  /// Returns one line.
  std::string describe() const;

private:
  enum class act_kind : std::uint8_t { pause, resume, stop, stop_within, abort, control };
  struct planned_act {
    std::uint64_t look;
    act_kind kind;
    /// The deadline in microseconds; the node.
    std::uint64_t value = 0;
  };

  void carry_out(const flow& running, const planned_act& due);

  std::vector<planned_act> acts_;
  std::vector<std::string> node_ids_;
  std::size_t next_ = 0;
  treatment done_;
};

} // namespace sluice::stress
