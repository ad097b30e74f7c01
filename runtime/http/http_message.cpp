#include "runtime/http/http_message.hpp"

#include <algorithm>

namespace sluice {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

} // namespace

std::string http_request::path_value(std::string_view name) const {
  for (const auto& [key, value] : path_values)
    if (key == name)
      return value;
  return {};
}

const std::string* http_request::find(std::string_view name) const {
  for (const auto& [key, value] : fields)
    if (same_name(key, name))
      return &value;
  return nullptr;
}

std::vector<std::string> http_request::values(std::string_view name) const {
  std::vector<std::string> found;
  for (const auto& [key, value] : fields)
    if (same_name(key, name))
      found.push_back(value);
  return found;
}

void set_target(http_request& request, std::string_view target) {
  // RFC 9112 3.2.2: a server must take the absolute form, too.
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!same_name(target.substr(0, scheme.size()), scheme))
      continue;
    target.remove_prefix(scheme.size());
    const auto end_of_host = std::min(target.find_first_of("/?"), target.size());
    request.target_host = target.substr(0, end_of_host);
    target.remove_prefix(end_of_host);
    break;
  }
  const auto question = std::min(target.find('?'), target.size());
  request.path = target.substr(0, question);
  if (request.path.empty())
    request.path = "/";
  request.query = question < target.size() ? target.substr(question + 1) : std::string_view{};
}

} // namespace sluice
