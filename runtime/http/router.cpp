#include "runtime/http/router.hpp"

#include "model/base/error.hpp"
#include "runtime/http/error_envelope.hpp"
#include "runtime/http/percent_encoding.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace sluice {

namespace {

using segments = std::vector<std::string>;

/// Returns what stands between the slashes; nothing for a path that does not begin with one (`*`).
std::optional<segments> split(std::string_view path) {
  if (!path.starts_with('/'))
    return {};
  segments parts;
  while (!path.empty()) {
    path.remove_prefix(1);
    const auto end = std::min(path.find('/'), path.size());
    parts.emplace_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return parts;
}

/// Decodes each segment; false when one holds a bad escape.
bool decode(segments& parts) {
  for (auto& part : parts) {
    if (part.find('%') == std::string::npos)
      continue;
    auto decoded = percent_decoded(part);
    if (!decoded)
      return false;
    part = std::move(*decoded);
  }
  return true;
}

bool is_name(const std::string& segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

/// A handler, and what its pattern calls the segments that it leaves open.
struct target {
  http_handler handler;
  std::vector<std::string> names;
};

} // namespace

/// What may follow a beginning of a path, and who answers when nothing does.
struct router::place {
  std::map<std::string, std::unique_ptr<place>, std::less<>> literals;
  std::unique_ptr<place> any;
  std::map<std::string, target, std::less<>> methods;

  /// Returns where `parts` from `at` on leads, preferring literals, of the places that take `method` (null:
  /// any); puts the open segments into `values`.
  const place* find(const segments& parts, std::size_t at, const std::string* method,
                    std::vector<const std::string*>& values) const {
    if (at == parts.size())
      return methods.empty() || (method != nullptr && methods.count(*method) == 0) ? nullptr : this;
    const auto literal = literals.find(parts[at]);
    if (literal != literals.end())
      if (const auto* found = literal->second->find(parts, at + 1, method, values))
        return found;
    if (!any || parts[at].empty())
      return nullptr;
    values.push_back(&parts[at]);
    if (const auto* found = any->find(parts, at + 1, method, values))
      return found;
    values.pop_back();
    return nullptr;
  }

  std::string allowed() const {
    std::string list;
    for (const auto& [method, unused] : methods)
      list += (list.empty() ? "" : ", ") + method;
    return list;
  }
};

router::router() : root_(std::make_unique<place>()) {}
router::~router() = default;
router::router(router&&) noexcept = default;
router& router::operator=(router&&) noexcept = default;

void router::add(const std::string& method, const std::string& pattern, http_handler handler) {
  const auto parts = split(pattern);
  if (!parts)
    throw internal_error("the route '" + pattern + "' does not begin with a slash");
  auto* here = root_.get();
  std::vector<std::string> names;
  for (const auto& part : *parts) {
    auto& next = is_name(part) ? here->any : here->literals[part];
    if (is_name(part))
      names.push_back(part.substr(1, part.size() - 2));
    if (!next)
      next = std::make_unique<place>();
    here = next.get();
  }
  if (method == "GET")
    here->methods.try_emplace("HEAD", target{handler, names});
  const bool fresh = here->methods.try_emplace(method, target{std::move(handler), std::move(names)}).second;
  if (!fresh)
    throw internal_error("the route " + method + " " + pattern + " was added twice");
}

void router::route(const http_request& request, http_reply reply) const {
  auto parts = split(request.path);
  if (parts && !decode(*parts))
    return reply(error_response(400, "bad_path", "the path holds an escape that is none: write % as %25",
                                request.path));
  std::vector<const std::string*> values;
  const auto* known = parts ? root_->find(*parts, 0, &request.method, values) : nullptr;
  if (!known) {
    const auto* const other = parts ? root_->find(*parts, 0, nullptr, values) : nullptr;
    if (!other)
      return reply(error_response(404, "not_found", "there is nothing at this path", request.path));
    const auto allowed = other->allowed();
    auto refusal = error_response(405, "method_not_allowed", "this path takes " + allowed, request.method);
    refusal.fields.emplace_back("Allow", allowed);
    return reply(std::move(refusal));
  }
  const auto& [handler, names] = known->methods.find(request.method)->second;
  if (names.empty())
    return handler(request, std::move(reply));
  auto named = request;
  for (std::size_t at = 0; at < names.size(); ++at)
    named.path_values.emplace_back(names[at], *values[at]);
  handler(named, std::move(reply));
}

} // namespace sluice
