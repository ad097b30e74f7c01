#include "model/graph/validation_report.hpp"

#include "model/base/defaults.hpp"
#include "model/base/name.hpp"
#include "model/config/suggestion.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace sluice::detail {

void validation_report::error(const char* code, std::string path, std::string text, source_position at) {
  all_.push_back({finding::level::error, code, std::move(path), std::move(text), at});
}

void validation_report::warning(const char* code, std::string path, std::string text, source_position at) {
  all_.push_back({finding::level::warning, code, std::move(path), std::move(text), at});
}

const std::string* validation_report::nearest(std::string_view wrong,
                                              const std::vector<std::string>& candidates) {
  if (candidates.size() > comparisons_left_)
    return nullptr;
  comparisons_left_ -= candidates.size();
  return sluice::nearest(wrong, candidates);
}

std::string validation_report::hint(std::string_view wrong, const std::vector<std::string>& candidates) {
  const auto* best = nearest(wrong, candidates);
  return best ? fmt::format(" (did you mean '{}'?)", *best) : std::string{};
}

findings validation_report::take() {
  std::stable_sort(all_.begin(), all_.end(), [](const finding& a, const finding& b) {
    return std::tie(a.position.line, a.position.column) < std::tie(b.position.line, b.position.column);
  });
  return std::exchange(all_, {});
}

std::string shown(std::string_view name) {
  constexpr std::size_t longest = 200;
  std::string result(name.substr(0, longest));
  std::replace_if(
      result.begin(), result.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; },
      '?');
  if (name.size() <= longest)
    return result;
  // Half a character at the cut would spoil the whole line.
  while (!result.empty() && (static_cast<unsigned char>(name[result.size()]) & 0xc0U) == 0x80U)
    result.pop_back();
  return result + "...";
}

bool check_name(std::string_view name, const char* what, const std::string& path, source_position at,
                validation_report& report) {
  if (is_valid_name(name))
    return true;
  std::string text;
  if (name.empty())
    text = fmt::format("a {} has an empty name; give it one of letters, digits, _ and -", what);
  else if (name.size() > defaults::name_length)
    text = fmt::format("the {} name '{}' has {} characters; at most {}", what, shown(name), name.size(),
                       defaults::name_length);
  else
    text = fmt::format(
        "the {} name '{}' is not valid: begin with a letter or _, go on with letters, digits, _ and -", what,
        shown(name));
  report.error(finding_code::bad_name, path, std::move(text), at);
  return false;
}

} // namespace sluice::detail
