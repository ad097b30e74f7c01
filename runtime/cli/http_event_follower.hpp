#pragma once

#include "model/base/random_source.hpp"
#include "model/base/uuid.hpp"
#include "runtime/cli/http_backoff.hpp"
#include "runtime/cli/http_client.hpp"
#include "runtime/cli/http_event_parser.hpp"
#include "runtime/cli/runs_client.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace sluice {

/// What a follower of events is to do.
struct http_event_wish {
  /// None: events of all runs.
  std::optional<uuid> run = {};
  /// Only events with an id above this one.
  std::int64_t since = 0;
  /// Called on the follower's thread.
  event_listener listener = {};
  follow_ending ending = {};
  /// Says once that the server has gone, and once that it is back.
  std::function<void(const std::string&)> notice = {};
};

/// Follows the live events of a server on a thread of its own. When the connection is lost it comes back
/// (`http_backoff`), and goes on after the last event that it has handed on, so that none is missing and none
/// comes twice; it never gives up for trouble of the network or of a proxy. It ends when the server says that
/// the run is over, or refuses (400 to 499).
class http_event_follower final : public run_runtime::subscription {
public:
  http_event_follower(const http_target& target, http_event_wish wish, random_source random);
  ~http_event_follower() override;

private:
  void run();
  void try_until_over();
  /// Returns once the server has ended the stream; `over_` says whether for good.
  void read_stream();
  void take(const std::vector<server_sent_event>& received);
  void announce_loss(const std::string& trouble);
  void announce_return();

  http_client client_;
  http_event_wish wish_;
  http_backoff backoff_;
  /// The run is over.
  bool over_ = false;
  /// The server ends the stream because this reader was too slow, which is nothing to tell anybody.
  bool refused_ = false;
  /// The server has been announced as gone.
  bool lost_ = false;
  std::thread thread_;
};

} // namespace sluice
