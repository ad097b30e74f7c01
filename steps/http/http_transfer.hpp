#pragma once

#include "model/run/attempt_token.hpp"
#include "steps/http/http_answer.hpp"
#include "steps/http/http_params.hpp"
#include "steps/signal_inbox.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace sluice {

/// How a transfer ended.
enum class transfer_end : std::uint8_t {
  answered,    ///< there is a status, and a body, perhaps not all of it
  interrupted, ///< the attempt was told to end
  expired,     ///< the lease on the run was not renewed in time
  failed,      ///< no answer
};

/// One HTTP request by libcurl. Thread: one, blocked while it runs.
class http_transfer {
public:
  /// Keeps references to the params. Throws `error("http_transport")` when libcurl refuses.
  http_transfer(const http_params& params, const attempt_token& token);
  http_transfer(const http_transfer&) = delete;
  http_transfer& operator=(const http_transfer&) = delete;
  ~http_transfer();

  /// Sends the request and waits for the answer; `inbox` ends it at once.
  transfer_end run(signal_inbox& inbox);

  /// `answered`: the status, and what came.
  int status() const;
  const http_answer& answer() const noexcept { return answer_; }
  /// `failed`: why, and whether another attempt may do better.
  const std::string& trouble() const noexcept { return trouble_; }
  bool is_transient() const noexcept { return transient_; }

private:
  struct handles;

  void set_up(const attempt_token& token);
  void add_headers(const attempt_token& token);
  void set_method();
  transfer_end await(signal_inbox& inbox);
  transfer_end judge(int code);

  const http_params& params_;
  http_answer answer_;
  std::unique_ptr<handles> handles_;
  std::string trouble_;
  bool transient_ = false;
};

} // namespace sluice
