#include "persistence/rules/rule_folder.hpp"

#include "model/rules/rule_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <utility>

namespace sluice {

namespace {

finding too_many() {
  finding wrong;
  wrong.code = finding_code::too_large;
  wrong.text = fmt::format("is left out: a directory has at most {} rules", rule_count_limit);
  return wrong;
}

} // namespace

void rule_folder::scan(int directory) {
  const auto names = rule_file_names(directory);
  for (const auto& name : names)
    read(directory, name);
  std::vector<std::string> gone;
  for (const auto& [name, known] : files_)
    if (!std::binary_search(names.begin(), names.end(), name))
      gone.push_back(name);
  for (const auto& name : gone)
    drop(name);
}

void rule_folder::read(int directory, const std::string& file) {
  if (files_.size() >= rule_count_limit && files_.count(file) == 0) {
    found_.push_back({place_of(file), too_many()});
    return;
  }
  // Before the text: if it is written in between, it is not current.
  const auto entry = find_entry(directory, file);
  const auto got = read_rule_text(directory, file);
  switch (got.what) {
  case rule_text::kind::absent:
    // Whoever took it away is told of, too.
    return;
  case rule_text::kind::skipped:
    drop(file);
    return;
  case rule_text::kind::failed: {
    auto& known = files_[file];
    known.stamp.reset();
    known.digest.reset();
    note(file, known, {got.trouble});
    return;
  }
  case rule_text::kind::read:
    break;
  }
  auto& known = files_[file];
  known.stamp = entry ? std::optional(entry->stamp) : std::nullopt;
  take_in(file, known, got.text);
}

void rule_folder::take_in(const std::string& file, known_file& known, const std::string& text) {
  const auto digest = std::hash<std::string>()(text);
  if (known.digest == digest)
    return;
  known.digest = digest;
  findings wrong;
  auto definition = read_rule(text, wrong);
  note(file, known, std::move(wrong));
  if (definition)
    claims_.put(file, std::make_shared<const rule>(*std::move(definition)));
}

void rule_folder::note(const std::string& file, known_file& known, findings wrong) {
  const auto is_same = [](const finding& a, const finding& b) {
    return a.code == b.code && a.path == b.path && a.text == b.text && a.position == b.position;
  };
  const bool is_known =
      std::equal(wrong.begin(), wrong.end(), known.wrong.begin(), known.wrong.end(), is_same);
  known.wrong = std::move(wrong);
  if (!is_known)
    for (const auto& one : known.wrong)
      found_.push_back({place_of(file), one});
}

void rule_folder::drop(const std::string& file) {
  files_.erase(file);
  claims_.drop(file);
}

void rule_folder::carry(const std::string& from, const std::string& to) {
  auto moved = files_.extract(from);
  if (moved.empty())
    return;
  files_.erase(to);
  moved.key() = to;
  files_.insert(std::move(moved));
  claims_.carry(from, to);
}

bool rule_folder::is_current(int directory, const std::string& file) const {
  const auto stamp = stamp_of(file);
  const auto entry = find_entry(directory, file);
  return stamp && entry && entry->stamp == *stamp;
}

bool rule_folder::is_unreadable(const std::string& file) const {
  const auto known = files_.find(file);
  return known != files_.end() && !known->second.digest;
}

std::optional<file_stamp> rule_folder::stamp_of(const std::string& file) const {
  const auto known = files_.find(file);
  return known == files_.end() ? std::nullopt : known->second.stamp;
}

std::vector<rule_finding> rule_folder::take_findings() {
  auto conflicts = claims_.conflicts();
  for (const auto& conflict : conflicts)
    if (told_conflicts_.count(conflict) == 0)
      found_.push_back(describe(conflict));
  told_conflicts_ = std::move(conflicts);
  return std::exchange(found_, {});
}

std::vector<rule_finding> rule_folder::findings_now() const {
  std::vector<rule_finding> all;
  for (const auto& [name, known] : files_)
    for (const auto& one : known.wrong)
      all.push_back({place_of(name), one});
  for (const auto& conflict : claims_.conflicts())
    all.push_back(describe(conflict));
  return all;
}

rule_finding rule_folder::describe(const rule_claims::conflict& conflict) const {
  finding wrong;
  wrong.code = finding_code::duplicate_rule;
  wrong.path = "rule_id";
  wrong.text =
      fmt::format("'{}' is the id of the rule in {}, too, which keeps force: give this one another id, "
                  "or take one of the two away",
                  conflict.rule, conflict.first);
  return {place_of(conflict.second), wrong};
}

} // namespace sluice
