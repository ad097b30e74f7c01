#include "model/base/error.hpp"
#include "runtime/http/loopback.hpp"
#include "runtime/http/request_reader.hpp"
#include "runtime/http/router.hpp"
#include "runtime/server/api_request.hpp"
#include "runtime/server/body_reader.hpp"
#include "runtime/server/run_page.hpp"
#include "runtime/server/shown_token.hpp"
#include "runtime/server/submission_request.hpp"
#include "steps/builtin_steps.hpp"
#include "tests/fuzz/claims.hpp"
#include "tests/fuzz/fuzz_targets.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace sluice::fuzz {

namespace {

using outcome = request_reader::outcome;

/// What a connection's bytes come to: whole requests, and how it ended.
struct conversation {
  std::vector<http_request> requests = {};
  outcome end = outcome::incomplete;
  unsigned refusal = 0;
};

/// As a session reads: what was not used is shown again with what has come since.
conversation read_in_pieces(std::string_view input, std::size_t piece, const http_limits& limits) {
  conversation said;
  request_reader reader(limits);
  std::string pending;
  while (said.end != outcome::refused) {
    std::size_t used = 0;
    said.end = reader.read(pending, used);
    require(used <= pending.size(), "no more is used than was shown");
    pending.erase(0, used);
    require(reader.body_bytes() <= limits.body_bytes, "a body stays within its limit");
    if (said.end == outcome::refused) {
      said.refusal = reader.refusal().status;
      require(said.refusal >= 400 && said.refusal < 500, "a refusal is the client's fault");
    } else if (said.end == outcome::complete) {
      said.requests.push_back(std::move(reader.request()));
      reader.start();
    } else if (input.empty()) {
      return said;
    } else {
      pending += input.substr(0, piece);
      input.remove_prefix(std::min(piece, input.size()));
    }
  }
  return said;
}

bool same(const http_request& one, const http_request& other) {
  return one.method == other.method && one.path == other.path && one.query == other.query &&
         one.fields == other.fields && one.body == other.body && one.target_host == other.target_host;
}

step_catalog kinds() {
  step_registry registry;
  register_builtin_steps(registry);
  return registry.catalog();
}

/// Everything that handlers do with a request before they ask anybody.
void read_all_of(const http_request& request) {
  static const step_catalog known = kinds();
  accepts({"bad_query", "bad_cursor"}, [&] { (void)read_run_filter(request.query); });
  accepts({"bad_query"}, [&] {
    query_reader query(request.query);
    (void)query.count("limit", 1, 1000);
    (void)query.id("cursor");
    (void)query.boolean("flag");
    query.refuse_unknown();
  });
  accepts({"bad_id"}, [&] { (void)require_id(request, "run"); });
  accepts({"unsupported_media_type", "bad_json", "bad_value"}, [&] {
    const body_reader body(require_json(request), {"command", "reason", "enabled", "ticks_per_day"});
    (void)body.text("command");
    (void)body.boolean("enabled");
    (void)body.integer("ticks_per_day", 0, 1000);
    (void)body.document("reason");
  });
  accepts({"unsupported_media_type", "bad_json", "bad_value", "forbidden_kind"}, [&] {
    const auto read = read_submission_request(request, known, false);
    require(read.submission.has_value() != has_errors(read.found), "a submission, or what is wrong with it");
  });
  (void)refuse_foreign(request, {"sluice.example"});
  (void)shown_token(request);
}

router all_routes(int& handled) {
  router routes;
  for (const auto* const method : {"GET", "POST", "PUT", "DELETE", "PATCH"})
    for (const auto* const pattern :
         {"/", "/api/v1/runs", "/api/v1/runs/{run}", "/api/v1/runs/{run}/commands", "/api/v1/runs/tick",
          "/api/v1/lanes/{env}/{lane}", "/api/v1/flows/{flow}/nodes/{node}/control"})
      routes.add(method, pattern, [&handled](const http_request& request, const http_reply&) {
        ++handled;
        read_all_of(request);
      });
  return routes;
}

void route(const http_request& request) {
  int handled = 0;
  int answered = 0;
  all_routes(handled).route(request, [&answered](const http_response& answer) {
    ++answered;
    require(answer.status == 400 || answer.status == 404 || answer.status == 405,
            "a router refuses by these");
  });
  require(handled + answered == 1, "a request is handled, or refused, once");
}

} // namespace

/// The bytes that a client sends on one connection, from the socket to the endpoints. However they are cut
/// into packets, they are the same requests: whoever saw others would be smuggled some (RFC 9112, 11.2).
void feed_http_request(std::string_view input) {
  http_limits limits;
  const auto whole = read_in_pieces(input, input.size() + 1, limits);
  // What is limited by its size on the wire may be refused earlier in pieces.
  if (input.size() < limits.header_bytes) {
    const auto pieces = read_in_pieces(input, input.empty() ? 1 : 1 + input.size() % 7, limits);
    // A line that is wrong is refused once it is whole, or before: that may differ.
    require(std::equal(whole.requests.begin(), whole.requests.end(), pieces.requests.begin(),
                       pieces.requests.end(), same),
            "packets do not matter");
  }
  for (const auto& request : whole.requests)
    route(request);
  limits.header_bytes = 256;
  limits.body_bytes = 64;
  (void)read_in_pieces(input, 16, limits);
}

} // namespace sluice::fuzz
