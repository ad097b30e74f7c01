#include "model/run/step_status.hpp"

#include "model/base/error.hpp"
#include "model/run/transition_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sluice {

namespace {

constexpr std::array<std::string_view, step_status_count> step_names = {"pending", "running", "succeeded",
                                                                        "failed", "cancelled"};
constexpr std::array<std::string_view, attempt_status_count> attempt_names = {"running", "succeeded",
                                                                              "failed", "cancelled", "lost"};

constexpr transition_table<step_status, step_status_count> step_table = {
    {step_status::pending, {step_status::running}},
    {step_status::running,
     {step_status::succeeded, step_status::failed, step_status::cancelled, step_status::pending}},
    {step_status::failed, {step_status::pending}},
    {step_status::cancelled, {step_status::pending}},
};

constexpr transition_table<attempt_status, attempt_status_count> attempt_table = {
    {attempt_status::running,
     {attempt_status::succeeded, attempt_status::failed, attempt_status::cancelled, attempt_status::lost}},
};

template <class Status, class Names>
std::optional<Status> find_name(const Names& names, std::string_view text) noexcept {
  const auto* const found = std::find(names.begin(), names.end(), text);
  if (found == names.end())
    return std::nullopt;
  return static_cast<Status>(found - names.begin());
}

} // namespace

std::string_view to_string(step_status status) noexcept {
  return step_names[static_cast<std::size_t>(status)];
}

std::string_view to_string(attempt_status status) noexcept {
  return attempt_names[static_cast<std::size_t>(status)];
}

std::optional<step_status> parse_step_status(std::string_view text) noexcept {
  return find_name<step_status>(step_names, text);
}

std::optional<attempt_status> parse_attempt_status(std::string_view text) noexcept {
  return find_name<attempt_status>(attempt_names, text);
}

bool is_legal(step_status from, step_status to) noexcept {
  return step_table.allows(from, to);
}

bool is_legal(attempt_status from, attempt_status to) noexcept {
  return attempt_table.allows(from, to);
}

void require_legal(step_status from, step_status to) {
  if (!is_legal(from, to))
    throw error("invalid_transition",
                fmt::format("a step that is {} cannot become {}", to_string(from), to_string(to)));
}

void require_legal(attempt_status from, attempt_status to) {
  if (!is_legal(from, to))
    throw error("invalid_transition",
                fmt::format("an attempt that is {} cannot become {}", to_string(from), to_string(to)));
}

} // namespace sluice
