#include "tests/support/node_harness.hpp"

#include "model/message/json.hpp"
#include "model/message/render.hpp"

namespace sluice::testing {

namespace {

config_value as_map(const std::vector<std::pair<std::string, std::string>>& scalars) {
  std::vector<config_value::member> members;
  for (const auto& [name, value] : scalars)
    members.push_back({name, {}, config_value::scalar(value)});
  return config_value::map(std::move(members));
}

options checked(const node_type& type, const config_value& given) {
  findings found;
  check_options(type.options, given, "node", {}, found);
  std::string all;
  for (const auto& one : found)
    all += to_string(one) + "\n";
  if (!found.empty())
    throw error("findings", all);
  return {type.options, given};
}

std::size_t output_count(const node_type& type, const options& given) {
  const auto ports = type.ports_for ? type.ports_for(given) : type.ports;
  return ports.outputs.size() + 1; // and the error port
}

constexpr std::chrono::nanoseconds wall_start{1'700'000'000'000'000'000};

} // namespace

node_harness::node_harness(const node_type& type,
                           const std::vector<std::pair<std::string, std::string>>& scalars)
    : node_harness(type, as_map(scalars)) {}

node_harness::node_harness(const node_type& type, const config_value& given)
    : instance_(type.make(checked(type, given))), context_(*this, output_count(type, checked(type, given))) {
  context_.set_timestamp(wall_start);
  context_.set_source(7);
}

bool node_harness::feed(message in, std::size_t input) {
  if (in.trace().empty())
    in.set_trace({1, ++sequence_});
  if (in.timestamp().count() == 0)
    in.set_timestamp(context_.timestamp());
  context_.set_input_trace(in.trace());
  deferred_ = false;
  try {
    instance_->on_message(context_, input, in);
  } catch (const error& failed) {
    failures_.push_back({in, failed.code(), failed.what()});
  } catch (const std::exception& failed) {
    failures_.push_back({in, "handler_error", failed.what()});
  }
  context_.set_input_trace({});
  return !deferred_;
}

void node_harness::advance(std::chrono::nanoseconds by) {
  const auto until = now_ + by;
  while (tick_at_ && *tick_at_ <= until) {
    context_.set_timestamp(context_.timestamp() + (*tick_at_ - now_));
    now_ = *tick_at_;
    tick_at_.reset();
    instance_->on_tick(context_);
  }
  context_.set_timestamp(context_.timestamp() + (until - now_));
  now_ = until;
}

std::vector<std::string> node_harness::texts(std::size_t output) {
  std::vector<std::string> all;
  for (const auto& one : messages(output))
    append_text(all.emplace_back(), one);
  return all;
}

std::vector<message> node_harness::messages(std::size_t output) {
  return std::exchange(context_.outputs().at(output), {});
}

void node_harness::set_paused(std::size_t input, bool paused) {
  if (input >= paused_.size())
    paused_.resize(input + 1);
  paused_[input] = paused;
}

void node_harness::defer(std::chrono::nanoseconds retry_after) {
  deferred_ = true;
  retry_after_ = retry_after;
}

void node_harness::fail(message original, std::string_view code, std::string_view text) {
  failures_.push_back({std::move(original), std::string(code), std::string(text)});
}

void node_harness::log(log_level, std::string_view event, std::string_view text) {
  logged_.push_back(std::string(event) + ": " + std::string(text));
}

message text_message(std::string_view content) {
  return message(text(content));
}

message json_message(std::string_view source) {
  return message(json::parse(source));
}

} // namespace sluice::testing
