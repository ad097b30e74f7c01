#include "persistence/rules/rule_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

namespace sluice {

namespace {

/// Texts that are in memory at a time: so many, or so many bytes.
constexpr std::size_t most_changed = 4096;
constexpr std::size_t most_changed_bytes = std::size_t{16} << 20;

} // namespace

void rule_folder::scan(int directory) {
  const auto names = rule_file_names(directory);
  std::vector<std::string> gone;
  for (const auto& [name, known] : files_)
    if (!std::binary_search(names.begin(), names.end(), name))
      gone.push_back(name);
  // First, for it makes room.
  for (const auto& name : gone)
    drop(name);
  left_out_.clear();
  std::vector<changed_file> changed;
  std::size_t bytes = 0;
  for (const auto& name : names) {
    const auto before = changed.size();
    look_at(directory, name, changed);
    bytes += changed.size() > before ? changed.back().text.size() : 0;
    if (changed.size() >= most_changed || bytes >= most_changed_bytes) {
      take_in(changed);
      bytes = 0;
    }
  }
  take_in(changed);
}

void rule_folder::read(int directory, const std::string& file) {
  std::vector<changed_file> changed;
  look_at(directory, file, changed);
  take_in(changed);
}

void rule_folder::read_left_out(int directory) {
  while (!left_out_.empty() && files_.size() < limit_)
    read(directory, left_out_.extract(left_out_.begin()).value());
}

void rule_folder::put(std::vector<rule_file> files) {
  std::vector<changed_file> changed;
  for (auto& [name, text] : files)
    if (has_room_for(name))
      add_if_changed(name, files_[name], std::move(text), changed);
  take_in(changed);
}

bool rule_folder::has_room_for(const std::string& file) {
  const bool has_room = files_.size() < limit_ || files_.count(file) > 0;
  if (has_room)
    left_out_.erase(file);
  else
    left_out_.insert(file);
  return has_room;
}

void rule_folder::look_at(int directory, const std::string& file, std::vector<changed_file>& changed) {
  if (!has_room_for(file))
    return;
  // Before the text: if it is written in between, it is not current.
  const auto entry = find_entry(directory, file);
  auto got = read_rule_text(directory, file);
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
  add_if_changed(file, known, std::move(got.text), changed);
}

void rule_folder::add_if_changed(const std::string& file, const known_file& known, std::string text,
                                 std::vector<changed_file>& changed) {
  const auto digest = std::hash<std::string>()(text);
  if (known.digest != digest)
    changed.push_back({file, std::move(text), digest});
}

void rule_folder::take_in(std::vector<changed_file>& changed) {
  std::vector<std::string_view> texts;
  texts.reserve(changed.size());
  for (const auto& each : changed)
    texts.emplace_back(each.text);
  auto readings = reader_(texts);
  for (std::size_t i = 0; i < changed.size(); ++i) {
    const auto& file = changed[i].name;
    auto& known = files_[file];
    known.digest = changed[i].digest;
    note(file, known, std::move(readings[i].wrong));
    if (readings[i].definition)
      claims_.put(file, std::make_shared<const rule>(*std::move(readings[i].definition)));
  }
  changed.clear();
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
  left_out_.erase(file);
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
  // However many come and go meanwhile, it is one thing that is wrong.
  if (!std::exchange(told_left_out_, !left_out_.empty()) && !left_out_.empty())
    found_.push_back(describe_left_out());
  return std::exchange(found_, {});
}

std::vector<rule_finding> rule_folder::findings_now() const {
  std::vector<rule_finding> all;
  if (!left_out_.empty())
    all.push_back(describe_left_out());
  for (const auto& [name, known] : files_)
    for (const auto& one : known.wrong)
      all.push_back({place_of(name), one});
  for (const auto& conflict : claims_.conflicts())
    all.push_back(describe(conflict));
  return all;
}

rule_finding rule_folder::describe(const rule_claims::conflict& conflict) const {
  return {place_of(conflict.second), duplicate_rule(conflict.rule, conflict.first)};
}

rule_finding rule_folder::describe_left_out() const {
  return {directory_.native(), too_many_rule_files(left_out_.size(), *left_out_.begin(), limit_)};
}

finding duplicate_rule(const std::string& rule, const std::string& first) {
  finding wrong;
  wrong.code = finding_code::duplicate_rule;
  wrong.path = "rule_id";
  wrong.text =
      fmt::format("'{}' is the id of the rule in {}, too, which keeps force: give this one another id, "
                  "or take one of the two away",
                  rule, first);
  return wrong;
}

finding too_many_rule_files(std::size_t left_out, const std::string& one, std::size_t limit) {
  finding wrong;
  wrong.code = finding_code::too_large;
  wrong.text = fmt::format(
      "{} of its files are left out, among them '{}': at most {} are looked at; take some away, or "
      "keep rules in several directories",
      left_out, one, limit);
  return wrong;
}

} // namespace sluice
