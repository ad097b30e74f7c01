#include "runtime/cli/http_error.hpp"

#include "runtime/cli/exit_status.hpp"
#include "runtime/cli/text_table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstddef>

namespace sluice {

namespace {

using nlohmann::ordered_json;

std::string text_of(const ordered_json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Returns a line or column; 0: none that makes sense.
int place_of(const ordered_json& object, const char* name) {
  constexpr int most = 1'000'000'000;
  const auto found = object.find(name);
  const bool usable = found != object.end() && found->is_number_integer() && *found > 0 && *found < most;
  return usable ? found->get<int>() : 0;
}

findings read_findings(const ordered_json& detail) {
  findings found;
  if (!detail.is_array())
    return found;
  for (const auto& each : detail) {
    if (!each.is_object())
      continue;
    finding one;
    one.severity = text_of(each, "level") == "warning" ? finding::level::warning : finding::level::error;
    one.code = text_of(each, "code");
    one.path = text_of(each, "path");
    one.text = one_line(text_of(each, "message"));
    one.position.line = place_of(each, "line");
    one.position.column = place_of(each, "column");
    found.push_back(std::move(one));
  }
  return found;
}

} // namespace

http_error read_http_error(unsigned status, std::string_view body, const std::string& url) {
  const auto document = ordered_json::parse(body, nullptr, false);
  if (document.is_object() && document.contains("error") && document["error"].is_object()) {
    const auto& said = document["error"];
    auto code = text_of(said, "code");
    if (!code.empty()) {
      const auto detail = said.find("detail");
      return {status, one_line(code), one_line(text_of(said, "message")),
              detail == said.end() ? findings() : read_findings(*detail)};
    }
  }
  constexpr std::size_t shown = 80;
  const auto words = one_line(body.substr(0, shown));
  return {status, "http_status",
          fmt::format("{} answered with status {}{}; is it a Sluice server?", url, status,
                      words.empty() ? "" : fmt::format(" and '{}'", words))};
}

int client_exit_status(const error& failed) noexcept {
  if (failed.code() == "unreachable")
    return exit_status::unreachable;
  if (const auto* const refused = dynamic_cast<const http_error*>(&failed)) {
    if (refused->status() == 401 || refused->status() == 403)
      return exit_status::not_authorised;
    if (has_errors(refused->found()))
      return exit_status::configuration;
  }
  return exit_status::failed;
}

} // namespace sluice
