#pragma once

#include "model/message/json.hpp"
#include "model/rules/compiled_rules.hpp"
#include "model/rules/tag_id.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace sluice::detail {

/// Writes what rules say about a record into it. Thread: one at a time.
class tag_writer {
public:
  /// @param into the member that holds the list of tags.
  /// @param min_confidence tags with less are not given.
  tag_writer(std::string into, double min_confidence);

  /// From now on these are the rules.
  void use(std::shared_ptr<const compiled_rules> rules);

  /// Returns the record with a tag for each emission of `matching`, behind those it has already, each id
  /// once; nothing when no emission is confident enough. `id` identifies the record; without an address: the
  /// record itself does, its tags aside. Throws `error("bad_tags")` when the member is there and neither a
  /// list nor null.
  std::optional<json> tagged(const json& record, std::string_view id,
                             const std::vector<std::size_t>& matching);

private:
  /// A tag without its id.
  struct written_emission {
    /// What its id is made of.
    std::string name;
    std::string members;
  };

  const std::vector<written_emission>& emissions(std::size_t rule);
  tag_ids ids_of(const json& record, std::string_view id, bool has_tags) const;
  json append(const json& record, const tag_ids& ids) const;
  json extend(const json& record, const nlohmann::ordered_json& present, const tag_ids& ids) const;

  std::string into_;
  /// In quotes.
  std::string quoted_into_;
  double min_confidence_;
  std::shared_ptr<const compiled_rules> rules_;
  /// Of rules that have matched.
  std::unordered_map<std::size_t, std::vector<written_emission>> written_;
  /// What the record at hand gets.
  std::vector<const written_emission*> chosen_;
};

} // namespace sluice::detail
