#pragma once

#include "model/message/message.hpp"
#include "runtime/embed/outside_line.hpp"

#include <caf/actor.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// What stands between the sink node of a flow and an actor of the host that gets its messages: those that
/// nobody has sent on yet, and how many the actor has not answered. Its capacity is the credit: the most
/// messages without an answer. Any thread.
class actor_sink_line final : public outside_line {
public:
  /// Throws `error("bad_value")` for the credit 0, and for a handle without an actor.
  actor_sink_line(std::string name, std::size_t credit, caf::actor to);

  // -- the node

  enum class verdict : std::uint8_t {
    taken,
    full, ///< no credit; the node sleeps now, and is woken when half of it is there
    gone, ///< the actor has exited, or the flow is over
  };
  /// Takes `in`, unless it says otherwise: then `in` is untouched.
  verdict offer(message& in);
  /// True while answers are missing, or failures were not taken; the node is woken when there is news.
  bool awaits_answers() noexcept;

  /// Messages that the actor did not take; their payloads are gone with it.
  struct failure {
    std::vector<message> originals;
    std::string code;
    std::string text;
  };
  std::vector<failure> take_failures();

  /// How the actor ended.
  struct departure {
    /// It had done what it wanted to, or was asked to go.
    bool orderly = true;
    std::string text;
  };
  /// Returns it once.
  std::optional<departure> take_departure();
  /// The actor, once: whoever sends to it keeps it then.
  caf::actor take_actor() noexcept;

  // -- whoever sends on, and listens

  /// Returns what is to be sent now; when that is nothing, `which` sleeps.
  std::vector<message> take(listener which);
  void answered(std::size_t count);
  void failed(failure what);
  void departed(departure how);
  /// True when the flow is over.
  bool over() const;

private:
  std::size_t give_up(held_lock& lock) noexcept override;

  std::vector<message> pending_;
  /// Of all that was taken, those in `pending_` included.
  std::size_t unanswered_ = 0;
  /// A node that sleeps is woken when as few as this are left.
  std::size_t wake_at_ = 0;
  std::vector<failure> failures_;
  std::optional<departure> departure_;
  caf::actor to_;
};

} // namespace sluice
