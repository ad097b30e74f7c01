#include "actors/store/store_actors.hpp"

#include "actors/messaging/send.hpp"
#include "actors/store/actor_endings.hpp"
#include "actors/store/change_watcher.hpp"
#include "actors/store/store_reader.hpp"
#include "actors/store/store_writer.hpp"
#include "persistence/memory/memory_store.hpp"
#include "persistence/sqlite/sqlite_store.hpp"

#include <utility>

namespace sluice {

namespace {

constexpr std::chrono::seconds last_patience{10};

std::function<std::unique_ptr<store>()> opener(const store_actors_settings& settings, sqlite_access access) {
  if (settings.database.empty())
    return [] { return std::make_unique<memory_store>(); };
  return [options = sqlite_options{settings.database, access, settings.lock_wait}, clock = settings.clock] {
    return std::make_unique<sqlite_store>(options, clock());
  };
}

void shorten_log(store& in) {
  auto& file = dynamic_cast<sqlite_store&>(in);
  if (file.log_pages() > defaults::store_idle_log_pages)
    file.checkpoint();
}

writer_settings for_writer(const store_actors_settings& settings,
                           const std::shared_ptr<store_meters>& meters) {
  writer_settings made;
  made.open = opener(settings, sqlite_access::write);
  made.clock = settings.clock;
  made.meters = meters;
  made.log = settings.log;
  if (!settings.database.empty())
    made.tidy = shorten_log;
  return made;
}

store_actor_settings for_reader(const store_actors_settings& settings,
                                const std::shared_ptr<store_meters>& meters) {
  store_actor_settings made;
  made.open = opener(settings, sqlite_access::read);
  made.clock = settings.clock;
  made.meters = meters;
  return made;
}

} // namespace

struct store_actors::parts {
  parts(caf::actor_system& in, const store_actors_settings& settings)
      : writer(spawn_store_writer(in, for_writer(settings, meters))),
        // What is in memory has one owner.
        reader(settings.database.empty() ? writer : spawn_store_reader(in, for_reader(settings, meters))),
        access(writer, reader),
        watcher(spawn_change_watcher(in, {access, writer, settings.log, settings.watch_pause})) {
    endings.add(watcher);
    endings.add(writer);
    if (reader != writer)
      endings.add(reader);
  }

  std::shared_ptr<store_meters> meters = std::make_shared<store_meters>();
  caf::actor writer;
  caf::actor reader;
  store_access access;
  caf::actor watcher;
  actor_endings endings;
};

store_actors::store_actors(caf::actor_system& in, const store_actors_settings& settings)
    : parts_(std::make_unique<parts>(in, settings)) {
  // The reader and the watcher have nothing to look at before the writer has made the file.
  parts_->access.write<bool>(
      store_priority::urgent, [](store&, utc_time) { return true; },
      [watcher = parts_->watcher](const store_result<bool>&) { send_outside(watcher, begin_watching{}); });
}

store_actors::store_actors(store_actors&&) noexcept = default;

store_actors::~store_actors() {
  if (parts_)
    stop(last_patience);
}

const store_access& store_actors::access() const noexcept {
  return parts_->access;
}

const caf::actor& store_actors::watcher() const noexcept {
  return parts_->watcher;
}

const store_meters& store_actors::meters() const noexcept {
  return *parts_->meters;
}

std::shared_ptr<const store_meters> store_actors::shared_meters() const noexcept {
  return parts_->meters;
}

bool store_actors::stop(std::chrono::nanoseconds patience) {
  send_urgent(parts_->watcher, stop_store{});
  if (parts_->reader != parts_->writer)
    send_urgent(parts_->reader, stop_store{});
  send_urgent(parts_->writer, stop_store{});
  return parts_->endings.wait_for(patience);
}

store_actors open_store_actors(caf::actor_system& in, const store_actors_settings& settings) {
  return store_actors(in, settings);
}

} // namespace sluice
