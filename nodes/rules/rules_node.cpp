#include "nodes/rules/rules_node.hpp"

#include "model/message/json.hpp"
#include "nodes/rules/record_field.hpp"
#include "nodes/rules/tag_writer.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

namespace {

using detail::record_field;

constexpr const char* source_option = "source";
constexpr const char* path_option = "path";
constexpr const char* kind_option = "kind";
constexpr const char* confidence_option = "min_confidence";
constexpr const char* into_option = "into";
constexpr const char* id_option = "id";
constexpr const char* from_directory = "directory";
constexpr const char* from_database = "database";

constexpr std::size_t matched_output = 0;
constexpr std::size_t unmatched_output = 1;

/// Of so many records the texts of one are remembered, to warm the next rules with; more of those that match:
/// they take automata through states that nothing else does.
constexpr std::uint64_t remembered_share = 64;
constexpr std::uint64_t remembered_matches = 8;

struct settings {
  explicit settings(const options& given)
      : directory(given.get_string(source_option) == from_directory),
        path(given.has(path_option) ? given.get_string(path_option) : ""),
        kind(given.get_string(kind_option)),
        min_confidence(given.get_number(confidence_option)),
        into(given.get_string(into_option)),
        id(given.get_string(id_option)) {
    if (directory && path.empty())
      throw option_error(path_option, "rules from a directory need its path; or write source: database");
    if (into.empty())
      throw option_error(into_option, "the member that holds the tags needs a name");
  }

  bool directory;
  std::string path;
  std::string kind;
  double min_confidence;
  std::string into;
  std::string id;
};

class rules final : public node {
public:
  rules(const settings& given, std::shared_ptr<rule_places> places)
      : given_(given),
        places_(std::move(places)),
        kind_(given.kind),
        id_(given.id),
        tags_(given.into, given.min_confidence) {}

  void on_start(node_context&) override {
    if (!places_)
      throw error("no_rule_places", "nothing in this program keeps rules; give register_builtin_nodes the "
                                    "rule_places that its flows are to use");
    place_ = given_.directory ? places_->directory(given_.path) : places_->database(given_.path);
    fetch();
  }

  void on_message(node_context& context, std::size_t, message& in) override {
    if (place_->version() != version_)
      fetch();
    const auto& record = in.get<json>();
    found_.clear();
    match(record.value());
    auto tagged =
        found_.empty() ? std::nullopt : tags_.tagged(record, id_.text(record.value(), room_), found_);
    if (tagged)
      context.emit(matched_output, in.with(std::move(*tagged)));
    else
      context.emit(unmatched_output, std::move(in));
  }

  void on_stop(node_context&) override { place_.reset(); }

private:
  /// All tags of a message come from one set of rules: this is called between two.
  void fetch() {
    // The number first: what is published in between is fetched before the next message.
    version_ = place_->version();
    rules_ = place_->get();
    fields_.clear();
    for (const auto& field : rules_->fields())
      fields_.emplace_back(field);
    texts_.resize(fields_.size());
    rooms_.resize(fields_.size());
    tags_.use(rules_);
  }

  void match(const nlohmann::ordered_json& record) {
    bool any = false;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      texts_[i] = fields_[i].text(record, rooms_[i]);
      any |= texts_[i].data() != nullptr;
    }
    if (!any)
      return;
    rules_->match(kind_.text(record, room_), texts_, found_);
    const bool due = ++seen_ % remembered_share == 0;
    if (due || (!found_.empty() && ++matched_ % remembered_matches == 0))
      remember();
  }

  void remember() {
    for (std::size_t i = 0; i < texts_.size(); ++i)
      if (texts_[i].data() != nullptr)
        place_->remember(rules_->fields()[i], texts_[i]);
  }

  settings given_;
  std::shared_ptr<rule_places> places_;
  record_field kind_;
  record_field id_;
  detail::tag_writer tags_;
  std::shared_ptr<rules_in_force> place_;
  std::uint64_t version_ = 0;
  std::shared_ptr<const compiled_rules> rules_;
  /// As the rules' `fields()`: where each is, its text in the message at hand, and room to make that in.
  std::vector<record_field> fields_;
  std::vector<std::string_view> texts_;
  std::vector<std::string> rooms_;
  std::string room_;
  std::vector<std::size_t> found_;
  std::uint64_t seen_ = 0;
  std::uint64_t matched_ = 0;
};

std::vector<option_spec> options_of_rules() {
  return {{source_option,
           option_kind::choice,
           false,
           from_directory,
           "Where the rules are: files of a directory, or a database.",
           {from_directory, from_database}},
          {path_option, option_kind::string, false, "",
           "The directory, or the database file; none for the database of the process that runs the flow."},
          {kind_option, option_kind::string, false, "kind",
           "The field that holds a record's kind, which a rule's applies_to is about."},
          {confidence_option,
           option_kind::number,
           false,
           "0",
           "Tags with less confidence are not given.",
           {},
           0,
           1},
          {into_option, option_kind::string, false, "tags", "The member that gets the list of tags."},
          {id_option, option_kind::string, false, "id",
           "The field that identifies a record for the ids of its tags; without it the whole record does."}};
}

} // namespace

node_type rules_type(std::shared_ptr<rule_places> places) {
  node_type type;
  type.name = "rules";
  type.category = "transform";
  type.summary = "Tags the records that an operator's rules match.";
  type.description =
      "Rules are kept in a directory or a database (docs/rules.md) and may change while the flow runs: a "
      "change "
      "is in force from one message to the next, and all tags of a message come from one set of rules. A "
      "rule "
      "looks for a regular expression of RE2 in one field of records of its kinds; a string is matched as it "
      "is, "
      "another value as its JSON.\n\n"
      "A record that rules match leaves by `matched` with a list of tags, in the order of the rules' ids: "
      "tag_id, "
      "rule_id, rule_version, technique_id, tactic, confidence and what else the rule says. A confidence is "
      "clipped to what an operator allows the rule. Tags that the record has already stay, and a tag's id is "
      "the "
      "same whenever the record comes again, so that a replay tags once. Records without a tag leave by "
      "`unmatched`, untouched. A member of the list's name that is neither a list nor null is the error "
      "bad_tags.";
  type.options = options_of_rules();
  type.ports.inputs = {{input_port, port_type::of<json>(), "records"}};
  type.ports.outputs = {{"matched", port_type::of<json>(), "records with at least one tag"},
                        {"unmatched", port_type::of<json>(), "the others, untouched"}};
  type.example = "{ type: rules, path: /etc/sluice/rules, min_confidence: 0.5 }";
  type.reach = node_reach::outside;
  type.make = [places = std::move(places)](const options& given) {
    return std::make_unique<rules>(settings(given), places);
  };
  return type;
}

} // namespace sluice
