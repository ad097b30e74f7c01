#pragma once

#include <span>
#include <string_view>

namespace sluice::fuzz {

/// Something that reads what strangers write, and what must hold whatever they write. `run` returns, or
/// throws `broken` (anything else that it throws is a defect, too).
struct target {
  /// Its seeds are in `corpus/NAME`.
  const char* name;
  void (*run)(std::string_view input);
};

/// All of them.
std::span<const target> targets();

// One source file each, in targets/.
void feed_http_request(std::string_view input);
void feed_json(std::string_view input);
void feed_jwt(std::string_view input);
void feed_sse(std::string_view input);
void feed_step_graph(std::string_view input);
void feed_yaml_graph(std::string_view input);
void feed_rule(std::string_view input);
void feed_expression(std::string_view input);

} // namespace sluice::fuzz
