#pragma once

#include "model/node/node.hpp"
#include "model/node/node_type.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sluice::testing {

/// Drives one node without actors or a clock: feeds it, moves its time, and keeps what it did.
class node_harness final : public node_host {
public:
  struct failure {
    message original;
    std::string code;
    std::string text;
  };

  /// Makes the node from YAML-like options, e.g. `{{"where", ".a > 1"}}`, as validation and the flow would.
  /// Throws `error("findings")` with their texts when `check_options` complains.
  node_harness(const node_type& type, const std::vector<std::pair<std::string, std::string>>& scalars);
  node_harness(const node_type& type, const config_value& given);

  void start() { instance_->on_start(context_); }
  /// Presents `in` and returns true, or returns false when the node deferred it.
  bool feed(message in, std::size_t input = 0);
  /// Calls `produce` and returns its answer.
  produce_result produce(std::size_t room = 256) { return instance_->produce(context_, room); }
  /// Moves time by `by` and ticks the node each time a requested tick falls due.
  void advance(std::chrono::nanoseconds by);
  bool control(message in, std::size_t input = 0) { return instance_->on_control(context_, input, in); }
  void end() { instance_->on_end(context_); }
  void stop() { instance_->on_stop(context_); }

  /// Takes what the node emitted on `output`, as text (see `append_text`), or as messages.
  std::vector<std::string> texts(std::size_t output = 0);
  std::vector<message> messages(std::size_t output = 0);
  /// Takes the failures reported so far (by `fail` or by throwing).
  std::vector<failure> failures() { return std::exchange(failures_, {}); }

  node& instance() noexcept { return *instance_; }
  std::size_t held() const noexcept { return held_; }
  std::size_t discarded() const noexcept { return discarded_; }
  bool paused(std::size_t input = 0) const noexcept { return input < paused_.size() && paused_[input]; }
  /// The `retry_after` of the last `defer`.
  std::chrono::nanoseconds retry_after() const noexcept { return retry_after_; }
  bool tick_pending() const noexcept { return tick_at_.has_value(); }
  const std::vector<std::string>& logged() const noexcept { return logged_; }
  const std::vector<message>& controls() const noexcept { return controls_; }
  void set_stopping() noexcept { stopping_ = true; }
  void set_aborting() noexcept { stopping_ = aborting_ = true; }

private:
  void request_tick(std::chrono::nanoseconds after) override { tick_at_ = now_ + after; }
  void set_paused(std::size_t input, bool paused) override;
  void defer(std::chrono::nanoseconds retry_after) override;
  void fail(message original, std::string_view code, std::string_view text) override;
  void set_held(std::size_t count) override { held_ = count; }
  void discard(std::size_t count) override { discarded_ += count; }
  void log(log_level level, std::string_view event, std::string_view text) override;
  void send_control(std::size_t, message control) override { controls_.push_back(std::move(control)); }
  std::chrono::nanoseconds now() const override { return now_; }
  bool stopping() const noexcept override { return stopping_; }
  bool aborting() const noexcept override { return aborting_; }

  std::unique_ptr<node> instance_;
  node_context context_;
  std::chrono::nanoseconds now_{std::chrono::seconds{1000}};
  std::optional<std::chrono::nanoseconds> tick_at_;
  std::vector<bool> paused_;
  std::vector<failure> failures_;
  std::vector<std::string> logged_;
  std::vector<message> controls_;
  std::size_t held_ = 0;
  std::size_t discarded_ = 0;
  std::uint64_t sequence_ = 0;
  std::chrono::nanoseconds retry_after_{0};
  bool deferred_ = false;
  bool stopping_ = false;
  bool aborting_ = false;
};

/// A text message.
message text_message(std::string_view content);
/// A json message, parsed from `source`.
message json_message(std::string_view source);

} // namespace sluice::testing
