#include "runtime/cli/http_target.hpp"

#include "model/base/error.hpp"
#include "runtime/config/text_file.hpp"
#include "steps/http/web_address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

namespace sluice {

namespace {

/// Longer than any JSON Web Token that a server would take in a header.
constexpr std::size_t longest_token = 16 * 1024;

std::string variable(const cli_streams& streams, std::string_view name) {
  return streams.environment ? streams.environment(name).value_or("") : std::string();
}

std::string read_url(const server_arguments& arguments, const cli_streams& streams) {
  auto url = arguments.url.empty() ? variable(streams, "SLUICE_URL") : arguments.url;
  if (url.empty())
    throw error("no_server",
                "no server is named; give --url, as in http://127.0.0.1:9464, or set SLUICE_URL");
  if (const auto complaint = check_web_address(url, {"http", "https"}))
    throw error("bad_url", fmt::format("'{}' is no address of a server: {}", shown_address(url), *complaint));
  if (url.find_first_of("?#@") != std::string::npos)
    throw error("bad_url", fmt::format("'{}' is no address of a server: leave out user, query and fragment; "
                                       "a token comes from --token-file or SLUICE_TOKEN",
                                       shown_address(url)));
  while (url.back() == '/')
    url.pop_back();
  return url;
}

/// Only what a header can carry, on one line.
void require_token(std::string_view token, std::string_view source) {
  const bool plain = std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (token.empty() || token.size() > longest_token || !plain)
    throw error("bad_token",
                fmt::format("{} holds no token: one line of visible ASCII characters is needed", source));
}

std::string token_of_file(const std::string& file) {
  std::string text;
  try {
    text = read_text_file(file, longest_token);
  } catch (const error& trouble) {
    throw error("bad_token", fmt::format("--token-file: {}", trouble.what()));
  }
  const auto begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  text.erase(0, begin);
  text.erase(text.find_last_not_of(" \t\r\n") + 1);
  require_token(text, fmt::format("'{}'", file));
  return text;
}

std::string read_token(const server_arguments& arguments, const cli_streams& streams) {
  if (!arguments.token_file.empty())
    return token_of_file(arguments.token_file);
  for (const auto* name : {"SLUICE_TOKEN", "SLUICE_ADMIN_TOKEN"})
    if (auto token = variable(streams, name); !token.empty()) {
      require_token(token, name);
      return token;
    }
  return {};
}

} // namespace

bool prefers_server(const std::string& database, const server_arguments& arguments,
                    const cli_streams& streams) {
  if (!arguments.url.empty())
    return true;
  return database.empty() && !variable(streams, "SLUICE_URL").empty();
}

http_target find_server(const server_arguments& arguments, const cli_streams& streams) {
  http_target target;
  target.url = read_url(arguments, streams);
  target.token = read_token(arguments, streams);
  target.ca_file = arguments.ca_file.empty() ? variable(streams, "SLUICE_CA_FILE") : arguments.ca_file;
  return target;
}

} // namespace sluice
