#include "model/base/error.hpp"
#include "runtime/config/server_setting.hpp"
#include "runtime/config/server_settings_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <variant>

namespace sluice {

namespace {

/// A secret's two settings: its text, and the file that has it.
struct secret_pair {
  const server_setting& text;
  const server_setting& file;
};

std::string& text_in(const secret_pair& pair, server_settings& in) {
  return std::get<std::string& (*)(server_settings&)>(pair.text.place)(in);
}

std::filesystem::path& file_in(const secret_pair& pair, server_settings& in) {
  return std::get<std::filesystem::path& (*)(server_settings&)>(pair.file.place)(in);
}

/// True when the file's setting goes before the text's, or the other way round when it is false.
bool file_counts(const secret_pair& pair, const settings_draft& draft) {
  const auto* const text = draft.origin_of(pair.text.name);
  const auto* const file = draft.origin_of(pair.file.name);
  return file != nullptr && (text == nullptr || file->from == setting_origin::layer::environment);
}

void forget(const server_setting& setting, settings_draft& draft) {
  if (const auto found = draft.origins.find(setting.name); found != draft.origins.end())
    draft.origins.erase(found);
}

void take_file(const secret_pair& pair, const secret_reader& read, settings_draft& draft) {
  auto& text = text_in(pair, draft.settings);
  text.clear();
  forget(pair.text, draft);
  try {
    text = read(file_in(pair, draft.settings));
  } catch (const error& failed) {
    draft.report(pair.file.name, failed.what());
  }
}

bool both_in_one_layer(const secret_pair& pair, const settings_draft& draft) {
  const auto* const text = draft.origin_of(pair.text.name);
  const auto* const file = draft.origin_of(pair.file.name);
  return text != nullptr && file != nullptr && text->from == file->from;
}

/// What `sluice config show` prints in a secret's place.
bool is_hidden(std::string_view secret) {
  return !secret.empty() && std::all_of(secret.begin(), secret.end(), [](char c) { return c == '*'; });
}

void read_secret(const secret_pair& pair, const secret_reader& read, settings_draft& draft) {
  auto& file = file_in(pair, draft.settings);
  if (file.empty())
    forget(pair.file, draft);
  if (both_in_one_layer(pair, draft))
    draft.report(pair.text.name,
                 fmt::format("the secret is given twice, here and by {}; leave one of them out",
                             draft.origin_of(pair.file.name)->variable.empty()
                                 ? std::string(pair.file.name)
                                 : draft.origin_of(pair.file.name)->variable));
  else if (file_counts(pair, draft))
    return take_file(pair, read, draft);
  file.clear();
  forget(pair.file, draft);
  if (is_hidden(text_in(pair, draft.settings)))
    draft.report(pair.text.name,
                 "asterisks only stand for a secret; give the secret itself, or leave it out");
}

} // namespace

void read_secrets(const secret_reader& read, settings_draft& draft) {
  for (const auto& setting : server_setting_table()) {
    if (!setting.is_secret)
      continue;
    if (const auto* const file = find_server_setting(fmt::format("{}_file", setting.name)))
      read_secret({setting, *file}, read, draft);
  }
}

} // namespace sluice
