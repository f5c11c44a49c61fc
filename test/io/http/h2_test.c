/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP/2: streams, bodies, limits, floods; requests through libcurl as a second opinion. */
#define UNIT h2
#include "test/io/http/h2_client.h"

#include <curl/curl.h>
#include <pthread.h>

#define GET(path) ":method\0GET\0:scheme\0https\0:path\0" path "\0:authority\0a\0"
#define POST(path) ":method\0POST\0:scheme\0https\0:path\0" path "\0:authority\0a\0"

static struct certificate cert;

static struct h2_client *
start(struct fixture *f, struct http_config config)
{
    cert = certificate_new();
    config.tls_cert_file = cert.cert;
    config.tls_key_file = cert.key;
    fixture_start(f, config);
    return h2c_open(f);
}

static void
stop(struct fixture *f, struct h2_client *h)
{
    h2c_close(h);
    fixture_stop(f);
    certificate_free(&cert);
}

static void
send_data(struct h2_client *h, int stream, size_t n, int flags)
{
    static const char zeros[16000];

    while (n > sizeof zeros) {
        h2c_frame(h, H2C_DATA, 0, stream, (str){zeros, sizeof zeros});
        n -= sizeof zeros;
    }
    h2c_frame(h, H2C_DATA, flags, stream, (str){zeros, n});
}

TEST(a_request_is_answered_with_date_and_length)
{
    struct fixture f = {0};
    struct h2_client *h = start(&f, (struct http_config){0});

    h2c_request(h, 1, H2C_END_STREAM, GET("/"));
    h2c_wait(h, 1);
    EXPECT(h->seen[0].status == 200 && h->seen[0].body_n == 2 && h->seen[0].is_ended);
    EXPECT_STR(str_from(h->seen[0].length), S("2"));
    EXPECT(str_ends(str_from(h->seen[0].date), S(" GMT")));
    EXPECT(h->max_streams == 100);
    stop(&f, h);
}

TEST(rfc9110_9_3_2_head_has_a_length_and_no_body)
{
    struct fixture f = {0};
    struct h2_client *h = start(&f, (struct http_config){0});

    h2c_request(
        h, 1, H2C_END_STREAM, ":method\0HEAD\0:scheme\0https\0:path\0/big\0:authority\0a\0");
    h2c_request(h, 3, H2C_END_STREAM, GET("/none"));
    h2c_request(h, 5, H2C_END_STREAM, GET("/long"));
    h2c_wait(h, 3);
    EXPECT(h->seen[0].status == 200 && h->seen[0].body_n == 0);
    EXPECT_STR(str_from(h->seen[0].length), S("300000"));
    EXPECT(h->seen[1].status == 204 && h->seen[1].length[0] == 0);
    EXPECT(h->seen[2].status == 500 && h->seen[2].body_n == 0);
    stop(&f, h);
}

TEST(many_streams_at_once_are_served_from_loop_and_workers)
{
    enum { STREAMS = 100 };

    for (int workers = 0; workers <= 1; workers++) {
        struct fixture f = {.has_workers = workers};
        struct h2_client *h = start(&f, (struct http_config){0});

        for (int i = 0; i < STREAMS; i++) {
            h2c_request(h, 2 * i + 1, i % 2 ? 0 : H2C_END_STREAM, i % 2 ? POST("/echo") : GET("/"));
        }
        for (int i = 1; i < STREAMS; i += 2) {
            send_data(h, 2 * i + 1, (size_t)i, H2C_END_STREAM);
        }
        h2c_wait(h, STREAMS);
        for (int i = 0; i < STREAMS; i++) {
            cr_expect(h->seen[i].status == 200, "stream %d: %d", i, h->seen[i].status);
            cr_expect(h->seen[i].body_n == (i % 2 ? (size_t)i : 2));
        }
        EXPECT(h->goaway == H2C_OPEN);
        stop(&f, h);
    }
}

TEST(great_bodies_go_both_ways_under_flow_control)
{
    struct fixture f = {.max_body = MB(2)};
    struct h2_client *h = start(&f, (struct http_config){0});

    h2c_request(h, 1, H2C_END_STREAM, GET("/big"));
    h2c_request(h, 3, H2C_END_STREAM, GET("/big"));
    h2c_wait(h, 2);
    EXPECT(h->seen[0].body_n == sizeof fixture_big && h->seen[1].body_n == sizeof fixture_big);
    h2c_request(h, 5, 0, POST("/echo"));
    send_data(h, 5, 60000, H2C_END_STREAM); /* within the first window */
    h2c_wait(h, 3);
    EXPECT(h->seen[2].status == 200 && h->seen[2].body_n == 60000);
    stop(&f, h);
}

TEST(bodies_over_the_limit_are_refused_and_the_stream_is_ended)
{
    static const struct {
        int line;
        const char *fields;
        size_t body_n;
        int status;
    } rows[] = {
        {__LINE__, POST("/echo"), 1000, 200},
        {__LINE__, POST("/echo"), 1001, 413},
        {__LINE__, POST("/echo") "content-length\0005000\0", 0, 413},
        {__LINE__, POST("/echo") "content-length\00099999999999999999999\0", 0, 0},
        {__LINE__, POST("/echo") "expect\000100-continue\0", 10, 200},
        {__LINE__, POST("/echo") "expect\000200-ok\0", 10, 417},
    };
    struct fixture f = {0};
    struct h2_client *h = start(&f, (struct http_config){0});

    for (size_t i = 0; i < COUNT(rows); i++) {
        int stream = 2 * (int)i + 1;

        h2c_request(h, stream, 0, rows[i].fields);
        send_data(h, stream, rows[i].body_n, rows[i].body_n ? H2C_END_STREAM : 0);
        h2c_wait(h, i + 1);
        cr_expect(h->seen[i].status == rows[i].status, "row of line %d: %d", rows[i].line,
            h->seen[i].status);
    }
    EXPECT(h->seen[4].interim == 100);
    EXPECT(h->goaway == H2C_OPEN);
    stop(&f, h);
}

TEST(rfc9113_8_1_a_refused_upload_is_reset_without_error_after_its_answer)
{
    struct fixture f = {0};
    struct h2_client *h = start(&f, (struct http_config){0});

    h2c_request(h, 1, 0, POST("/echo") "content-length\0005000\0");
    while (h->seen[0].reset == H2C_OPEN && h2c_receive(h)) {
    }
    EXPECT(h->seen[0].status == 413 && h->seen[0].is_ended);
    EXPECT(h->seen[0].reset == NGHTTP2_NO_ERROR);
    stop(&f, h);
}

TEST(trailers_are_refused)
{
    struct fixture f = {0};
    struct h2_client *h = start(&f, (struct http_config){0});

    h2c_request(h, 1, 0, POST("/echo"));
    send_data(h, 1, 5, 0);
    h2c_request(h, 1, H2C_END_STREAM, "x-a\0b\0");
    h2c_wait(h, 1);
    EXPECT(h->seen[0].status == 400);
    stop(&f, h);
}

TEST(rapid_resets_end_the_connection)
{
    struct fixture f = {0};
    struct h2_client *h = start(&f, (struct http_config){0});

    for (int i = 0; i < 400; i++) { /* CVE-2023-44487 */
        h2c_request(h, 2 * i + 1, 0, POST("/echo"));
        h2c_frame(h, H2C_RST, 0, 2 * i + 1, (str){"\0\0\0\x08", 4});
    }
    h2c_wait_end(h);
    cr_expect(h->goaway == NGHTTP2_ENHANCE_YOUR_CALM, "%d", (int)h->goaway);
    stop(&f, h);
}

TEST(resets_we_are_made_to_send_count_as_well)
{
    struct fixture f = {0};
    struct h2_client *h = start(&f, (struct http_config){0});

    for (int i = 0; i < 400; i++) { /* CVE-2025-8671: a window too great is a stream error */
        h2c_request(h, 2 * i + 1, 0, POST("/echo"));
        h2c_frame(h, H2C_WINDOW, 0, 2 * i + 1, (str){"\x7f\xff\xff\xff", 4});
    }
    h2c_wait_end(h);
    cr_expect(h->goaway == NGHTTP2_ENHANCE_YOUR_CALM, "%d", (int)h->goaway);
    stop(&f, h);
}

TEST(resets_among_finished_requests_are_tolerated)
{
    struct fixture f = {0};
    struct h2_client *h = start(&f, (struct http_config){0});

    for (int i = 0; i < 400; i += 2) {
        h2c_request(h, 2 * i + 1, H2C_END_STREAM, GET("/"));
        h2c_request(h, 2 * i + 3, 0, POST("/echo"));
        h2c_frame(h, H2C_RST, 0, 2 * i + 3, (str){"\0\0\0\x08", 4});
        h2c_wait(h, (size_t)i / 2 + 1);
    }
    EXPECT(h->goaway == H2C_OPEN);
    EXPECT(http_count(f.server).requests == 200);
    stop(&f, h);
}

TEST(streams_reset_while_workers_hold_them_count_against_the_limit)
{
    struct fixture f = {0};
    struct h2_client *h = start(&f, (struct http_config){0});

    for (int i = 0; i < 100; i++) {
        h2c_request(h, 2 * i + 1, H2C_END_STREAM, GET("/held"));
        h2c_frame(h, H2C_RST, 0, 2 * i + 1, (str){"\0\0\0\x08", 4});
    }
    h2c_request(h, 201, H2C_END_STREAM, GET("/"));
    h2c_wait_end(h);
    EXPECT(h->seen[100].status == 0);
    EXPECT(atomic_load(&f.held) == 100);
    EXPECT(http_count(f.server).requests == 100);
    stop(&f, h);
}

TEST(a_client_that_leaves_leaves_its_exchanges_valid)
{
    struct fixture f = {0};
    struct h2_client *h = start(&f, (struct http_config){0});

    for (int i = 0; i < 10; i++) {
        h2c_request(h, 2 * i + 1, H2C_END_STREAM, GET("/held"));
    }
    while (atomic_load(&f.held) < 10) {
        poll(NULL, 0, 1);
    }
    h2c_close(h);
    poll(NULL, 0, 50);
    atomic_store(&f.gate, true);
    while (http_count(f.server).open_connections > 0) {
        poll(NULL, 0, 1);
    }
    fixture_stop(&f);
    certificate_free(&cert);
}

TEST(an_answer_in_parts_is_one_stream_without_a_length)
{
    for (int workers = 0; workers <= 1; workers++) {
        struct fixture f = {.has_workers = workers};
        struct h2_client *h = start(&f, (struct http_config){0});

        h2c_request(h, 1, H2C_END_STREAM, GET("/parts"));
        h2c_request(h, 3, H2C_END_STREAM, GET("/"));
        h2c_request(
            h, 5, H2C_END_STREAM, ":method\0HEAD\0:scheme\0https\0:path\0/parts\0:authority\0a\0");
        h2c_wait(h, 3);
        EXPECT(h->seen[0].status == 200 && h->seen[0].is_ended && h->seen[0].length[0] == 0);
        EXPECT(h->seen[0].body_n == (size_t)FIXTURE_PARTS * FIXTURE_PART);
        EXPECT(h->seen[1].body_n == 2 && h->seen[2].status == 200 && h->seen[2].body_n == 0);
        while (atomic_load(&f.lost) < 1) { /* of HEAD nobody takes a part */
            poll(NULL, 0, 1);
        }
        EXPECT(atomic_load(&f.parts) == FIXTURE_PARTS);
        stop(&f, h);
    }
}

TEST(rfc9113_5_4_2_what_breaks_off_is_reset)
{
    struct fixture f = {0};
    struct h2_client *h = start(&f, (struct http_config){0});

    h2c_request(h, 1, H2C_END_STREAM, GET("/parts?broken"));
    h2c_wait(h, 1);
    EXPECT(h->seen[0].status == 200 && h->seen[0].body_n == 2 * FIXTURE_PART);
    EXPECT(!h->seen[0].is_ended && h->seen[0].reset == NGHTTP2_INTERNAL_ERROR);
    h2c_request(h, 3, H2C_END_STREAM, GET("/"));
    h2c_wait(h, 2);
    EXPECT(h->seen[1].status == 200 && atomic_load(&f.lost) == 0);
    stop(&f, h);
}

TEST(of_parts_nobody_takes_no_more_are_made)
{
    for (int workers = 0; workers <= 1; workers++) {
        struct fixture f = {.has_workers = workers};
        struct h2_client *h = start(&f, (struct http_config){.write_timeout_ms = 200});

        h->keeps_window = true;
        h2c_request(h, 1, H2C_END_STREAM, GET("/parts?endless"));
        h2c_wait(h, 1);
        EXPECT(h->seen[0].reset == NGHTTP2_CANCEL && h->seen[0].body_n == 65535);
        h->keeps_window = false;
        h2c_give_window(h, 0, 65535);
        h2c_request(h, 3, H2C_END_STREAM, GET("/parts?endless"));
        while (h->seen[1].body_n < 100000 && h2c_receive(h)) {
        }
        h2c_frame(h, H2C_RST, 0, 3, (str){"\0\0\0\x08", 4});
        while (atomic_load(&f.lost) < 2) {
            poll(NULL, 0, 1);
        }
        h2c_request(h, 5, H2C_END_STREAM, GET("/parts?endless"));
        while (h->seen[2].body_n < 100000 && h2c_receive(h)) {
        }
        stop(&f, h);
        EXPECT(atomic_load(&f.lost) == 3);
    }
}

TEST(dribbled_frames_do_not_renew_the_deadline_of_a_body)
{
    struct fixture f = {0};
    struct h2_client *h = start(&f, (struct http_config){.body_timeout_ms = 200});
    int64_t start_ms = clock_steady_ms();

    h2c_request(h, 1, 0, POST("/echo"));
    while (clock_steady_ms() - start_ms < 400) {
        send_data(h, 1, 1, 0);
        poll(NULL, 0, 20);
    }
    h2c_wait(h, 1);
    EXPECT(h->seen[0].status == 408);
    EXPECT(h->goaway == H2C_OPEN);
    stop(&f, h);
}

TEST(a_head_that_never_ends_ends_the_connection)
{
    struct fixture f = {0};
    struct h2_client *h = start(&f, (struct http_config){.head_timeout_ms = 200});
    char block[256];

    h2c_frame(h, H2C_HEADERS, 0, 1, h2c_block(GET("/"), block)); /* CONTINUATION never comes */
    h2c_wait_end(h);
    cr_expect(h->goaway == NGHTTP2_ENHANCE_YOUR_CALM, "%d", (int)h->goaway);
    stop(&f, h);
}

TEST(an_answer_nobody_takes_is_cancelled)
{
    struct fixture f = {0};
    struct h2_client *h = start(&f, (struct http_config){.write_timeout_ms = 200});

    h->keeps_window = true;
    h2c_request(h, 1, H2C_END_STREAM, GET("/big"));
    h2c_wait(h, 1);
    EXPECT(h->seen[0].status == 200 && h->seen[0].body_n == 65535);
    EXPECT(h->seen[0].reset == NGHTTP2_CANCEL);
    stop(&f, h);
}

TEST(pings_do_not_keep_an_idle_connection)
{
    struct fixture f = {0};
    struct h2_client *h = start(&f, (struct http_config){.idle_timeout_ms = 300});
    int64_t start_ms = clock_steady_ms();

    h2c_request(h, 1, H2C_END_STREAM, GET("/"));
    h2c_wait(h, 1);
    while (h->goaway == H2C_OPEN && clock_steady_ms() - start_ms < 5000) {
        h2c_frame(h, H2C_PING, 0, 0, S("12345678"));
        h2c_receive(h);
        poll(NULL, 0, 20);
    }
    EXPECT(h->goaway == NGHTTP2_NO_ERROR);
    EXPECT(clock_steady_ms() - start_ms < 3000);
    stop(&f, h);
}

TEST(broken_framing_ends_the_connection)
{
    static const struct {
        int line, type, flags, stream;
        str payload;
        int64_t code;
    } rows[] = {
        {__LINE__, H2C_DATA, 0, 1, S_INIT("a"), NGHTTP2_PROTOCOL_ERROR},
        {__LINE__, H2C_HEADERS, 4, 2, S_INIT("\x82"), NGHTTP2_PROTOCOL_ERROR},
        {__LINE__, H2C_HEADERS, 4, 1, S_INIT("\xff\xff\xff\xff\xff\xff"),
            NGHTTP2_COMPRESSION_ERROR},
        {__LINE__, H2C_PING, 0, 0, S_INIT("1"), NGHTTP2_FRAME_SIZE_ERROR},
        {__LINE__, H2C_SETTINGS, 0, 1, S_INIT(""), NGHTTP2_PROTOCOL_ERROR},
        {__LINE__, H2C_CONT, 4, 1, S_INIT("\x82"), NGHTTP2_PROTOCOL_ERROR},
        {__LINE__, 5 /* PUSH_PROMISE */, 4, 1, S_INIT("\0\0\0\x02\x82"), NGHTTP2_PROTOCOL_ERROR},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct fixture f = {0};
        struct h2_client *h = start(&f, (struct http_config){0});

        h2c_frame(h, rows[i].type, rows[i].flags, rows[i].stream, rows[i].payload);
        h2c_wait_end(h);
        cr_expect(h->goaway == rows[i].code, "row of line %d: %d", rows[i].line, (int)h->goaway);
        CHECK_AT(rows[i].line, http_count(f.server).requests == 0);
        stop(&f, h);
    }
}

static void *
open_gate(void *arg)
{
    poll(NULL, 0, 200);
    atomic_store((atomic_bool *)arg, true);
    return NULL;
}

TEST(stopping_lets_streams_finish_and_says_goaway)
{
    struct fixture f = {0};
    struct h2_client *h = start(&f, (struct http_config){0});
    pthread_t opener;

    h2c_request(h, 1, H2C_END_STREAM, GET("/held"));
    while (atomic_load(&f.held) == 0) {
        poll(NULL, 0, 1);
    }
    REQUIRE(pthread_create(&opener, NULL, open_gate, &f.gate) == 0);
    http_stop(f.server, 5000);
    pthread_join(opener, NULL);
    run_pool_stop(f.pool);
    h2c_wait_end(h);
    EXPECT(h->seen[0].status == 200 && h->seen[0].is_ended);
    EXPECT(h->goaway == NGHTTP2_NO_ERROR);
    h2c_close(h);
    certificate_free(&cert);
}

static size_t
count_bytes(char *p, size_t size, size_t n, void *user)
{
    (void)p;
    *(size_t *)user += size * n;
    return size * n;
}

TEST(libcurl_agrees)
{
    static const struct {
        int line;
        const char *path, *body;
        long status;
        size_t n;
    } rows[] = {
        {__LINE__, "/", NULL, 200, 2},
        {__LINE__, "/big", NULL, 200, sizeof fixture_big},
        {__LINE__, "/none", NULL, 204, 0},
        {__LINE__, "/echo", "hello", 200, 5},
        {__LINE__, "/long", NULL, 500, 0},
    };
    struct fixture f = {0};
    char url[64];

    cert = certificate_new();
    fixture_start(&f, certificate_config(&cert));
    for (size_t i = 0; i < COUNT(rows); i++) {
        CURL *curl = curl_easy_init();
        long status = 0, version = 0;
        size_t n = 0;

        snprintf(url, sizeof url, "https://127.0.0.1:%d%s", http_port(f.server), rows[i].path);
        curl_easy_setopt(curl, CURLOPT_URL, url);
        curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
        curl_easy_setopt(curl, CURLOPT_PROXY, "");
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, count_bytes);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &n);
        if (rows[i].body != NULL) {
            curl_easy_setopt(curl, CURLOPT_POSTFIELDS, rows[i].body);
        }
        CHECK_AT(rows[i].line, curl_easy_perform(curl) == CURLE_OK);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(curl, CURLINFO_HTTP_VERSION, &version);
        CHECK_AT(rows[i].line, status == rows[i].status && n == rows[i].n);
        CHECK_AT(rows[i].line, version == CURL_HTTP_VERSION_2_0);
        curl_easy_cleanup(curl);
    }
    fixture_stop(&f);
    certificate_free(&cert);
}
