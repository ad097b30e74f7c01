#include "model/run/worker_gate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace sluice {

namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (auto& c : result)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return result;
}

bool is_one_of(const std::string& word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

worker_permission by_environment(const std::string& value) {
  const auto word = lower(value);
  if (is_one_of(word, {"true", "1", "yes", "on"}))
    return {true, fmt::format("enabled by SLUICE_WORKER_ENABLED={}", value)};
  if (is_one_of(word, {"false", "0", "no", "off"}))
    return {false, fmt::format("the worker is disabled by SLUICE_WORKER_ENABLED={}", value)};
  return {false, fmt::format(
                     "the worker is disabled: SLUICE_WORKER_ENABLED is '{}', which is neither true nor false",
                     value)};
}

} // namespace

worker_permission worker_gate(const worker_wish& wish) {
  if (wish.option)
    return *wish.option ? worker_permission{true, "enabled by the command line"}
                        : worker_permission{false, "the worker is disabled by the command line"};
  if (wish.environment && !wish.environment->empty())
    return by_environment(*wish.environment);
  if (wish.setting)
    return *wish.setting ? worker_permission{true, "enabled by worker.enabled: true"}
                         : worker_permission{false, "the worker is disabled by worker.enabled: false"};
  if (wish.asker == worker_asker::person)
    return {true, "enabled by the command that starts it"};
  return {false, "the worker is disabled: neither worker.enabled nor SLUICE_WORKER_ENABLED is true"};
}

} // namespace sluice
