#include "runtime/server/flow_endpoints.hpp"
#include "runtime/server/flow_keeper.hpp"
#include "runtime/server/openapi.hpp"
#include "runtime/server/rule_endpoints.hpp"
#include "runtime/server/run_endpoints.hpp"
#include "runtime/server/server_state.hpp"
#include "runtime/server/stream_endpoints.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <map>
#include <regex>
#include <string>

using namespace sluice;

namespace {

using operations = std::map<std::string, std::string>;

std::string name_of(access_role role) {
  return role == access_role::none ? "none" : role == access_role::read ? "read" : "admin";
}

/// Method and pattern, and who may. Nothing is called: the endpoints keep references only.
operations real_operations() {
  server_context context;
  server_state state;
  flow_runtime flows;
  node_catalog nodes;
  flow_keeper keeper(flows, nodes, [] { return utc_time{}; }, {});
  // These two are added by the server itself.
  operations found{{"GET /metrics", "read"}, {"GET /api/v1/openapi.json", "none"}};
  for (const auto& group :
       {health_endpoints(state), run_endpoints(context), event_endpoints(context), stream_endpoints(context),
        lane_endpoints(context), lease_endpoints(context), audit_endpoints(context), rule_endpoints(context),
        flow_endpoints(keeper, context)})
    for (const auto& each : group)
      BOOST_TEST(found.emplace(each.method + " " + each.pattern, name_of(each.needs)).second,
                 each.method << " " << each.pattern << " is there twice");
  return found;
}

operations described_operations() {
  operations found;
  const auto document = nlohmann::json::parse(openapi_document());
  for (const auto& [path, methods] : document["paths"].items())
    for (const auto& [method, operation] : methods.items()) {
      std::string upper = method;
      std::transform(upper.begin(), upper.end(), upper.begin(),
                     [](char c) { return static_cast<char>(c - 'a' + 'A'); });
      found.emplace(upper + " " + path, operation["x-role"].get<std::string>());
    }
  return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(openapi)

BOOST_AUTO_TEST_CASE(every_route_is_described_with_its_role_and_nothing_else_is) {
  const auto real = real_operations();
  const auto described = described_operations();
  for (const auto& [operation, role] : real) {
    const auto found = described.find(operation);
    BOOST_TEST_CONTEXT(operation) {
      BOOST_REQUIRE(found != described.end());
      BOOST_TEST(found->second == role);
    }
  }
  for (const auto& [operation, role] : described)
    BOOST_TEST(real.count(operation) == 1u, operation << " is described and not there");
}

BOOST_AUTO_TEST_CASE(every_reference_leads_somewhere_and_every_path_parameter_is_described) {
  const auto document = nlohmann::json::parse(openapi_document());
  const auto text = document.dump();
  const std::regex reference("#/components/schemas/([A-Za-z]+)");
  for (auto at = std::sregex_iterator(text.begin(), text.end(), reference); at != std::sregex_iterator();
       ++at)
    BOOST_TEST(document["components"]["schemas"].contains((*at)[1].str()), at->str());
  const std::regex in_braces("\\{([a-z]+)\\}");
  for (const auto& [path, methods] : document["paths"].items())
    for (const auto& [method, operation] : methods.items())
      for (auto at = std::sregex_iterator(path.begin(), path.end(), in_braces); at != std::sregex_iterator();
           ++at) {
        const auto parameters = operation.value("parameters", nlohmann::json::array());
        BOOST_TEST(std::any_of(parameters.begin(), parameters.end(),
                               [&](const auto& each) {
                                 return each["in"] == "path" && each["name"] == (*at)[1].str();
                               }),
                   method << " " << path << " must describe " << (*at)[1].str());
      }
}

BOOST_AUTO_TEST_CASE(operation_names_are_unique) {
  const auto document = nlohmann::json::parse(openapi_document());
  std::map<std::string, std::string> seen;
  for (const auto& [path, methods] : document["paths"].items())
    for (const auto& [method, operation] : methods.items())
      BOOST_TEST(seen.emplace(operation["operationId"].get<std::string>(), path).second,
                 operation["operationId"] << " is there twice");
}

BOOST_AUTO_TEST_SUITE_END()
