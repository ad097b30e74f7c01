#include "tests/nodes/rules_node_scene.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

namespace sluice::rules_node_scene {

using nlohmann::ordered_json;

ordered_json scene::feed(const std::string& record) {
  node.feed(json_message(record));
  const auto texts = node.texts(matched);
  BOOST_TEST(texts.size() <= 1U);
  return texts.empty() ? ordered_json() : ordered_json::parse(texts.front());
}

std::vector<std::string> scene::rules_for(const std::string& record) {
  std::vector<std::string> ids;
  const auto out = feed(record);
  if (!out.is_null())
    for (const auto& tag : out.at("tags"))
      ids.push_back(tag.at("rule_id"));
  return ids;
}

} // namespace sluice::rules_node_scene
