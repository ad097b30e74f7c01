#include "model/base/error.hpp"
#include "runtime/cli/event_inbox.hpp"
#include "runtime/cli/http_backoff.hpp"
#include "runtime/cli/http_error.hpp"
#include "runtime/cli/http_event_follower.hpp"
#include "runtime/cli/http_event_parser.hpp"
#include "runtime/wire/runs_json.hpp"
#include "tests/runtime/scripted_runs_client.hpp"
#include "tests/support/matchers.hpp"
#include "tests/support/scripted_http_server.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <string>
#include <vector>

using namespace sluice;

namespace {

constexpr std::chrono::seconds patience{60};

/// Returns `id name data` of each event in `pieces`.
std::vector<std::string> parse(const std::vector<std::string>& pieces) {
  http_event_parser parser;
  std::vector<std::string> found;
  for (const auto& piece : pieces)
    parser.feed(piece, [&found](const server_sent_event& event) {
      found.push_back(event.id + "|" + event.name + "|" + event.data);
    });
  return found;
}

std::string sent(const run_event& event) {
  return "id: " + std::to_string(event.id) + "\nevent: " + std::string(to_string(event.kind)) +
         "\ndata: " + event_json(event) + "\n\n";
}

std::string sent(std::int64_t id) {
  return sent(make_event(id, static_cast<std::uint64_t>(id), run_event_kind::step_log));
}

constexpr const char* the_end = "event: end\ndata: {}\n\n";

/// Follows what a scripted server says until the follower gives up or the run is over.
class follow_scene {
public:
  explicit follow_scene(scripted_http_server::responder answer) : server_(std::move(answer)) {}

  /// Returns once the follower has ended; throws why, if it says so.
  void follow(std::int64_t since = 0) {
    http_event_wish wish;
    wish.run = numbered_run(1);
    wish.since = since;
    wish.listener = [this](const std::vector<run_event>& events) {
      for (const auto& event : events)
        ids.push_back(event.id);
    };
    std::promise<std::exception_ptr> ended;
    wish.ending = [&ended](std::exception_ptr why) { ended.set_value(std::move(why)); };
    wish.notice = [this](const std::string& text) { notices.push_back(text); };
    auto end = ended.get_future();
    // The longest shortening: pauses of a tenth of a second and more.
    const http_event_follower follower({server_.url()}, std::move(wish), [] { return ~std::uint64_t{0}; });
    BOOST_REQUIRE((end.wait_for(patience) == std::future_status::ready));
    if (const auto why = end.get())
      std::rethrow_exception(why);
  }

  std::vector<std::string> requests() const { return server_.requests(); }

  std::vector<std::int64_t> ids;
  std::vector<std::string> notices;

private:
  scripted_http_server server_;
};

/// What a newer server tells.
std::string sent_unknown(std::int64_t id) {
  auto text = sent(id);
  for (auto at = text.find("STEP_LOG"); at != std::string::npos; at = text.find("STEP_LOG", at))
    text.replace(at, 8, "RUN_SANG");
  return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(cli_http_events)

BOOST_AUTO_TEST_CASE(events_are_found_however_the_stream_is_cut) {
  const std::string stream = ": hello\n\nid: 7\nevent: A\ndata: one\ndata: two\n\ndata:three\r\nid:8\r\n\r\n"
                             "event: end\rdata: x\r\r";
  const std::vector<std::string> expected{"7|A|one\ntwo", "8||three", "8|end|x"};
  BOOST_TEST(parse({stream}) == expected, boost::test_tools::per_element());
  std::vector<std::string> bytes;
  for (const char c : stream)
    bytes.emplace_back(1, c);
  BOOST_TEST(parse(bytes) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_event_that_was_cut_off_is_none) {
  BOOST_TEST(parse({"id: 7\ndata: whole\n\nid: 8\ndata: ha"}).size() == 1u);
  BOOST_TEST(parse({"id: 8\ndata: half\n"}).empty());
}

BOOST_AUTO_TEST_CASE(comments_and_unknown_fields_are_left_out) {
  BOOST_TEST(parse({": keep-alive\n\nretry: 5\ncolour: blue\n\n"}).empty());
  BOOST_TEST(parse({"event: end\n\n"}) == std::vector<std::string>{"|end|"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_event_without_end_is_refused) {
  http_event_parser parser;
  const std::string piece(std::size_t{1} << 20, 'x');
  const auto feed_all = [&] {
    for (int i = 0; i < 20; ++i)
      parser.feed(piece, [](const server_sent_event&) {});
  };
  BOOST_CHECK_EXCEPTION(feed_all(), error, [](const error& e) { return e.code() == "bad_answer"; });
}

BOOST_AUTO_TEST_CASE(pauses_double_up_to_a_bound_and_begin_anew) {
  http_backoff backoff([] { return std::uint64_t{0}; });
  std::vector<std::int64_t> pauses;
  for (int i = 0; i < 7; ++i)
    pauses.push_back(backoff.next().count());
  BOOST_TEST(pauses == (std::vector<std::int64_t>{200, 400, 800, 1600, 3200, 5000, 5000}),
             boost::test_tools::per_element());
  backoff.reset();
  BOOST_TEST(backoff.next().count() == 200);
  http_backoff shortened([] { return ~std::uint64_t{0}; });
  BOOST_TEST(shortened.next().count() >= 100);
  BOOST_TEST(shortened.next().count() < 300);
}

BOOST_AUTO_TEST_CASE(a_follower_comes_back_after_the_last_event_without_gap_or_repeat) {
  int asked = 0;
  follow_scene scene([&](const std::string&) {
    switch (++asked) {
    case 1: // breaks off within an event
      return stream_answer(sent(5) + sent(6) + sent(7).substr(0, 30));
    case 2:
      return no_answer();
    case 3:
      return json_answer(503, R"({"error":{"code":"draining","message":"going down"}})");
    case 4: // says again what was said
      return stream_answer(sent(6) + sent(7) + sent(8));
    default:
      return stream_answer(sent(9) + the_end);
    }
  });
  scene.follow(4);
  BOOST_TEST(scene.ids == (std::vector<std::int64_t>{5, 6, 7, 8, 9}), boost::test_tools::per_element());
  const auto requests = scene.requests();
  BOOST_REQUIRE(requests.size() == 5u);
  const auto path = "GET /api/v1/runs/" + to_string(numbered_run(1)) + "/events/stream HTTP/1.1\r\n";
  BOOST_TEST(contains(requests[0], path), requests[0]);
  BOOST_TEST(contains(requests[0], "Last-Event-ID: 4\r\n"));
  BOOST_TEST(contains(requests[1], "Last-Event-ID: 6\r\n"));
  BOOST_TEST(contains(requests[4], "Last-Event-ID: 8\r\n"));
  // Two outages, each announced once, and the end of each.
  BOOST_REQUIRE(scene.notices.size() == 4u);
  BOOST_TEST(contains(scene.notices[0], "trying again"), scene.notices[0]);
  BOOST_TEST(contains(scene.notices[1], "is back"), scene.notices[1]);
}

BOOST_AUTO_TEST_CASE(a_follower_passes_over_events_of_a_kind_that_it_does_not_know) {
  int asked = 0;
  follow_scene scene([&](const std::string&) {
    return ++asked == 1 ? stream_answer(sent(1) + sent_unknown(2))
                        : stream_answer(sent_unknown(3) + sent(4) + the_end);
  });
  scene.follow();
  BOOST_TEST(scene.ids == (std::vector<std::int64_t>{1, 4}), boost::test_tools::per_element());
  BOOST_TEST(contains(scene.requests().at(1), "Last-Event-ID: 2\r\n"));
}

BOOST_AUTO_TEST_CASE(a_follower_that_was_too_slow_comes_back_without_a_word) {
  int asked = 0;
  follow_scene scene([&](const std::string&) {
    return ++asked == 1
               ? stream_answer(sent(1) + "event: error\ndata: {\"error\":{\"code\":\"slow_reader\"}}\n\n")
               : stream_answer(sent(2) + the_end);
  });
  scene.follow();
  BOOST_TEST(scene.ids == (std::vector<std::int64_t>{1, 2}), boost::test_tools::per_element());
  BOOST_TEST(scene.notices.empty());
}

BOOST_AUTO_TEST_CASE(a_refusal_ends_following_at_once) {
  for (const int status : {401, 403, 404, 410}) {
    follow_scene scene([status](const std::string&) {
      return json_answer(status, R"({"error":{"code":"some_code","message":"some words"}})");
    });
    BOOST_CHECK_EXCEPTION(scene.follow(), http_error, [status](const http_error& refused) {
      return refused.status() == static_cast<unsigned>(status) && refused.code() == "some_code";
    });
    BOOST_TEST(scene.requests().size() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(a_follower_can_be_put_away_while_the_server_says_nothing) {
  scripted_http_server server([](const std::string&) { return stream_answer(sent(1), true); });
  std::promise<void> heard;
  http_event_wish wish;
  wish.listener = [&heard](const std::vector<run_event>&) { heard.set_value(); };
  auto first = heard.get_future();
  {
    const http_event_follower follower({server.url()}, std::move(wish), [] { return std::uint64_t{0}; });
    BOOST_REQUIRE((first.wait_for(patience) == std::future_status::ready));
  }
  BOOST_TEST(contains(server.requests().front(), "GET /api/v1/events/stream HTTP/1.1\r\n"));
}

BOOST_AUTO_TEST_SUITE_END()
