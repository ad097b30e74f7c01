#pragma once

#include "runtime/server/access_control.hpp"
#include "runtime/server/api_gate.hpp"
#include "runtime/server/flow_endpoints.hpp"
#include "runtime/server/server_context.hpp"
#include "steps/step_runner.hpp"
#include "tests/server/flow_scene.hpp"
#include "tests/support/raw_database.hpp"
#include "tests/support/scratch_folder.hpp"

#include <future>
#include <memory>
#include <string>
#include <vector>

namespace sluice::testing {

/// The endpoints of flows behind their gate, with a database of their own and tokens, but without a socket.
struct flow_endpoints_scene : flow_scene {
  static constexpr const char* admin_token = "admin-token-of-thirty-two-letters";
  static constexpr const char* read_token = "read-token-of-thirty-two-letters!";

  flow_endpoints_scene() {
    context.runs = &runs;
    context.access = &access;
    context.nodes = &nodes;
    context.flow_starts = &flow_starts;
    gate.add(flow_endpoints(keeper, context));
  }

  struct answer {
    unsigned status = 0;
    std::string body;
  };

  /// `token`: empty for none.
  answer ask(const std::string& method, const std::string& path, const std::string& body = {},
             const std::string& token = admin_token) {
    return wait_for(send(method, path, body, token), path);
  }
  /// The same, without waiting.
  std::future<http_response> send(const std::string& method, const std::string& path, const std::string& body,
                                  const std::string& token = admin_token) {
    http_request request;
    request.method = method;
    request.body = body;
    request.id = "test";
    request.remote = "127.0.0.1";
    request.fields = {{"Host", "127.0.0.1"}};
    if (!token.empty())
      request.fields.emplace_back("Authorization", "Bearer " + token);
    if (!body.empty())
      request.fields.emplace_back("Content-Type", "application/json");
    set_target(request, "/api/v1/flows" + path);
    const auto answered = std::make_shared<std::promise<http_response>>();
    auto coming = answered->get_future();
    gate.handle(request, [answered](http_response response) { answered->set_value(std::move(response)); });
    return coming;
  }
  static answer wait_for(std::future<http_response> coming, const std::string& path) {
    BOOST_REQUIRE_MESSAGE(coming.wait_for(patience) == std::future_status::ready, "no answer to " + path);
    const auto response = coming.get();
    return {response.status, response.body};
  }

  /// `actor|action|subject|detail` of every audit row, oldest first, as SQLite itself sees them.
  std::vector<std::string> audit() {
    return raw_database(folder.path() / "runs.db")
        .rows("SELECT actor, action, subject, detail FROM audit_log ORDER BY id");
  }

  static server_settings::security_settings security() {
    server_settings::security_settings settings;
    settings.admin_token = admin_token;
    settings.read_token = read_token;
    return settings;
  }
  run_options store_options() const {
    run_options options;
    options.database = folder.path() / "runs.db";
    options.steps = std::make_shared<step_registry>();
    return options;
  }

  scratch_folder folder;
  working_thread flow_starts{4};
  run_runtime runs{store_options()};
  access_control access{security()};
  server_context context;
  working_thread work{16};
  api_gate gate{access, work};
};

} // namespace sluice::testing
