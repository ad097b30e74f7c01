#pragma once

#include "actors/store/actor_endings.hpp"
#include "actors/store/store_access.hpp"
#include "actors/store/store_writer.hpp"
#include "model/base/error.hpp"
#include "tests/support/actor_scene.hpp"
#include "tests/support/audit_notes.hpp"
#include "tests/support/scripted_store.hpp"

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>

namespace sluice {

/// A writer of a scripted store, stopped at the end of the scene at the latest.
struct writer_scene {
  actor_scene actors;
  std::atomic<int> openings{0};
  /// Called before the store is opened.
  std::function<void()> on_open = [] {};
  /// The store, while it is open; for the writer's thread only.
  scripted_store* in = nullptr;
  std::function<void(scripted_store&)> prepare = [](scripted_store&) {};
  writer_settings settings;
  caf::actor writer;
  store_access access;
  actor_endings endings;

  writer_scene() {
    settings.open = [this] {
      ++openings;
      on_open();
      auto made = std::make_unique<scripted_store>();
      prepare(*made);
      in = made.get();
      return made;
    };
    settings.clock = [] { return parse_utc_time("2026-11-21T12:00:00.000Z").value(); };
    settings.log = actors.log();
  }
  ~writer_scene() {
    if (writer)
      BOOST_TEST(stop());
  }

  void start() {
    writer = spawn_store_writer(actors.system(), settings);
    access = store_access(writer, writer);
    endings.add(writer);
  }
  bool stop() {
    send_urgent(writer, stop_store{});
    return endings.wait_for(patience);
  }

  std::future<std::string> note(const std::string& text) {
    return access.write<std::string>([text](store& to, utc_time) {
      write_note(to, text);
      return text;
    });
  }
  std::string notes() {
    return access
        .write<std::string>([](store& from, utc_time) {
          std::string text;
          for (const auto& row : from.audit().since(0, 1'000'000))
            text += (text.empty() ? "" : " ") + row.action;
          return text;
        })
        .get();
  }

  /// Keeps the writer busy in a request until the returned promise is fulfilled.
  std::promise<void> hold() {
    std::promise<void> until;
    std::promise<void> reached;
    auto began = reached.get_future();
    access.write<bool>(
        store_priority::urgent,
        [wait = until.get_future().share(), told = std::make_shared<std::promise<void>>(std::move(reached)),
         once = std::make_shared<bool>(false)](store&, utc_time) {
          if (!std::exchange(*once, true))
            told->set_value();
          wait.wait();
          return true;
        },
        [](const store_result<bool>&) {});
    began.wait();
    return until;
  }
};

inline std::string code_of(std::future<std::string>& answer) {
  BOOST_REQUIRE((answer.wait_for(patience) == std::future_status::ready));
  try {
    answer.get();
    return "ok";
  } catch (const error& known) {
    return known.code();
  }
}

} // namespace sluice
