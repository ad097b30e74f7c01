#include "runtime/server/rule_files_request.hpp"

#include "model/base/error.hpp"
#include "model/rules/rule.hpp"
#include "runtime/server/api_request.hpp"
#include "runtime/server/body_reader.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <set>
#include <string>
#include <utility>

namespace sluice {

namespace {

using nlohmann::ordered_json;

/// As long as a path may be on Linux.
constexpr std::size_t longest_file_name = 4096;

[[noreturn]] void refuse_file(std::size_t index, const std::string& why) {
  throw error("bad_value", fmt::format("files[{}]{}", index, why));
}

/// Returns a member that must be a text.
std::string text_member(const ordered_json& file, const char* name, std::size_t index) {
  const auto found = file.find(name);
  if (found == file.end() || !found->is_string())
    refuse_file(index,
                fmt::format(".{}: expected a string{}", name, found == file.end() ? "; it is missing" : ""));
  return found->get<std::string>();
}

rule_file read_file(const ordered_json& file, std::size_t index) {
  if (!file.is_object())
    refuse_file(index, ": expected an object with name and text");
  for (const auto& [name, unused] : file.items())
    if (name != "name" && name != "text")
      refuse_file(index, fmt::format(": there is no member '{}' here", name.substr(0, 80)));
  rule_file made{text_member(file, "name", index), text_member(file, "text", index)};
  if (made.name.empty() || made.name.size() > longest_file_name)
    refuse_file(index,
                fmt::format(".name: expected 1 to {} bytes, found {}", longest_file_name, made.name.size()));
  return made;
}

} // namespace

std::vector<rule_file> read_rule_files(const http_request& request) {
  const body_reader body(require_json(request), {"files"});
  const auto given = body.document("files");
  if (!given || !given->value().is_array())
    throw error("bad_value", "files: expected a list of objects with name and text, e.g. {\"files\": "
                             "[{\"name\": \"a.yaml\", \"text\": \"rule_id: a\"}]}");
  const auto& list = given->value();
  if (list.empty() || list.size() > rule_count_limit)
    throw error("bad_value",
                fmt::format("files: expected 1 to {} files, found {}", rule_count_limit, list.size()));
  std::vector<rule_file> files;
  files.reserve(list.size());
  std::set<std::string> names;
  for (const auto& each : list) {
    files.push_back(read_file(each, files.size()));
    if (!names.insert(files.back().name).second)
      refuse_file(files.size() - 1,
                  fmt::format(".name: '{}' is there twice", files.back().name.substr(0, 80)));
  }
  return files;
}

} // namespace sluice
