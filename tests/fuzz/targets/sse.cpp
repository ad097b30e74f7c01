#include "model/base/error.hpp"
#include "runtime/cli/http_event_parser.hpp"
#include "runtime/cli/http_target.hpp"
#include "runtime/wire/answer_fields.hpp"
#include "runtime/wire/runs_reader.hpp"
#include "tests/fuzz/claims.hpp"
#include "tests/fuzz/fuzz_targets.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace sluice::fuzz {

namespace {

std::vector<server_sent_event> parse(std::string_view input, std::size_t piece) {
  std::vector<server_sent_event> events;
  http_event_parser parser;
  while (!input.empty()) {
    parser.feed(input.substr(0, piece), [&](const server_sent_event& event) { events.push_back(event); });
    input.remove_prefix(std::min(piece, input.size()));
  }
  return events;
}

bool same_event(const server_sent_event& one, const server_sent_event& other) {
  return one.id == other.id && one.name == other.name && one.data == other.data;
}

/// The first line as the address of a server.
void read_target(std::string_view input) {
  std::istringstream in;
  std::ostringstream out;
  const cli_streams streams{in, out, out};
  server_arguments arguments;
  arguments.url = std::string(input.substr(0, std::min(input.find('\n'), input.size())));
  accepts({"no_server", "bad_url", "bad_token"}, [&] {
    const auto target = find_server(arguments, streams);
    // libcurl takes `http:/host`, too.
    require((target.url[0] | 0x20) == 'h' && target.url.find(':') != std::string::npos,
            "a server has a scheme");
    require(!target.url.ends_with('/') && target.url.find('@') == std::string::npos, "and no secrets");
  });
}

} // namespace

/// What a server, or somebody in its place, sends to a client that follows.
void feed_sse(std::string_view input) {
  const auto whole = parse(input, input.size());
  const auto pieces = parse(input, 1 + input.size() % 5);
  require(std::equal(whole.begin(), whole.end(), pieces.begin(), pieces.end(), same_event),
          "packets do not matter");
  for (const auto& event : whole)
    accepts({"bad_answer"}, [&] { (void)read_event(parse_answer(event.data)); });
  read_target(input);
}

} // namespace sluice::fuzz
