#include "model/rules/tag_id.hpp"

#include <fmt/format.h>

namespace sluice {

namespace {

/// Ours alone: 7be920de-d9fb-53a2-9c53-e95a465de6e7, the version 5 id of `tags.sluice.invalid` among the
/// names of DNS. Another one would give every tag another id.
constexpr uuid tag_space = {
    {0x7b, 0xe9, 0x20, 0xde, 0xd9, 0xfb, 0x53, 0xa2, 0x9c, 0x53, 0xe9, 0x5a, 0x46, 0x5d, 0xe6, 0xe7}};

/// The length tells where a part ends, whatever is in it.
std::string part(std::string_view text) {
  return fmt::format("{}:{}", text.size(), text);
}

} // namespace

tag_ids::tag_ids(std::string_view source) : begun_(tag_space) {
  const fmt::format_int length(source.size());
  begun_.add({length.data(), length.size()}).add(":").add(source);
}

std::string tag_ids::written(std::string_view rule_id, std::uint64_t rule_version,
                             std::string_view technique_id) {
  return part(rule_id) + part(fmt::format_int(rule_version).str()) + part(technique_id);
}

uuid tag_id(std::string_view source, std::string_view rule_id, std::uint64_t rule_version,
            std::string_view technique_id) {
  return tag_ids(source).make(tag_ids::written(rule_id, rule_version, technique_id));
}

} // namespace sluice
