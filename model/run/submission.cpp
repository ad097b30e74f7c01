#include "model/run/submission.hpp"

#include "model/base/error.hpp"
#include "model/base/name.hpp"
#include "model/base/sha256.hpp"
#include "model/message/json_writer.hpp"
#include "model/message/utf8.hpp"
#include "model/run/run_defaults.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

namespace sluice {

namespace {

using nlohmann::ordered_json;

/// Documents are at most `defaults::json_depth` deep, so recursion is bounded.
void write_canonical(std::string& out, const ordered_json& value) {
  if (value.is_array()) {
    out += '[';
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (i > 0)
        out += ',';
      write_canonical(out, value[i]);
    }
    out += ']';
    return;
  }
  if (!value.is_object())
    return detail::write_json(out, value);
  std::vector<const ordered_json::object_t::value_type*> members;
  for (const auto& member : value.get_ref<const ordered_json::object_t&>())
    members.push_back(&member);
  std::sort(members.begin(), members.end(), [](const auto* a, const auto* b) { return a->first < b->first; });
  out += '{';
  for (const auto* member : members) {
    if (member != members.front())
      out += ',';
    detail::write_json_string(out, member->first);
    out += ':';
    write_canonical(out, member->second);
  }
  out += '}';
}

void check_name(const char* field, const std::string& name, findings& out) {
  if (!is_valid_name(name))
    out.push_back({finding::level::error,
                   finding_code::bad_name,
                   field,
                   fmt::format("'{}' is no name: use at most 128 letters, digits, _ and -, and begin with a "
                               "letter or _",
                               name.substr(0, 160)),
                   {}});
}

bool is_good_key(const std::string& key) {
  return !key.empty() && key.size() <= defaults::idempotency_key_length &&
         find_invalid_utf8(key) == key.size();
}

} // namespace

void check_submission(const run_submission& submission, findings& out) {
  check_name("env", submission.env, out);
  check_name("lane", submission.lane, out);
  const auto& params = submission.params.value();
  if (!params.is_null() && !params.is_object())
    out.push_back({finding::level::error, finding_code::bad_value, "params", "expected an object", {}});
  if (submission.idempotency_key && !is_good_key(*submission.idempotency_key))
    out.push_back({finding::level::error,
                   finding_code::bad_value,
                   "idempotency_key",
                   fmt::format("expected 1 to {} bytes of UTF-8, found {} bytes",
                               defaults::idempotency_key_length, submission.idempotency_key->size()),
                   {}});
}

std::string canonical_json(const json& document) {
  std::string out;
  write_canonical(out, document.value());
  return out;
}

std::string submission_digest(const run_submission& submission) {
  const auto id = [](const std::optional<uuid>& value) {
    return value ? ordered_json(to_string(*value)) : ordered_json(nullptr);
  };
  ordered_json body = {{"env", submission.env},
                       {"lane", submission.lane},
                       {"mode", submission.mode},
                       {"job_type", submission.job_type},
                       {"requested_by", submission.requested_by},
                       {"run_graph", to_json(submission.graph).value()},
                       {"params", submission.params.value()},
                       {"parent_run_id", id(submission.parent_run_id)},
                       {"retry_of", id(submission.retry_of)},
                       {"priority", submission.priority},
                       {"available_at", nullptr}};
  if (submission.params.value().is_null())
    body["params"] = ordered_json::object();
  if (submission.available_at)
    body["available_at"] = to_string(*submission.available_at);
  return sha256_hex(canonical_json(json(std::move(body))));
}

idempotency_verdict judge_key(const std::optional<std::string>& known, std::string_view digest) noexcept {
  if (!known)
    return idempotency_verdict::create;
  return *known == digest ? idempotency_verdict::existing : idempotency_verdict::conflict;
}

void throw_conflict(std::string_view key, const uuid& holder) {
  throw error(
      "idempotency_conflict",
      fmt::format("the idempotency key '{}' belongs to run {}, which was submitted with another body; "
                  "use a new key",
                  key, to_string(holder)));
}

} // namespace sluice
