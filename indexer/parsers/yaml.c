/* YAML front matter as JSON, so that its fields are read by the same table. */
#include "common.h"

#include <yaml.h>

bool ro_front_matter(ro_str text, ro_str *yaml, ro_str *rest) {
    static const ro_str FENCE = {"---", 3};
    *yaml = RO_STR_NONE;
    *rest = text;
    const char *start = text.len ? memchr(text.ptr, '\n', text.len) : NULL;
    if (!start || !ro_str_starts_with(text, FENCE) ||
        ro_str_trim(ro_str_make(text.ptr, (size_t)(start - text.ptr))).len != FENCE.len) {
        return false;
    }
    start++;
    for (const char *at = start; at < text.ptr + text.len;) {
        size_t left = (size_t)(text.ptr + text.len - at);
        const char *end = memchr(at, '\n', left);
        size_t len = end ? (size_t)(end - at) : left;
        ro_str line = ro_str_make(at, len);
        line.len -= line.len > 0 && line.ptr[line.len - 1] == '\r' ? 1 : 0;
        at += len + (end ? 1 : 0);
        if (ro_str_equal(line, FENCE) || ro_str_equal(line, RO_STR("..."))) {
            *yaml = ro_str_make(start, (size_t)(line.ptr - start));
            *rest = ro_str_make(at, (size_t)(text.ptr + text.len - at));
            return true;
        }
    }
    return false;
}

/* The collections that are open; a mapping waits for a key, then for its value. */
typedef struct ro_yaml_stack {
    json_t *open[RO_FRONT_MATTER_DEPTH_MAX]; /* borrowed from their parents, the first is owned */
    char *key[RO_FRONT_MATTER_DEPTH_MAX];    /* owned; of mappings, NULL while a key is awaited */
    size_t depth;
    json_t *root; /* owned */
} ro_yaml_stack;

/* Puts the value, whose reference it takes, where it belongs. */
static bool add_value(ro_yaml_stack *stack, json_t *value) {
    if (!value) {
        return false;
    }
    if (stack->depth == 0) {
        json_decref(stack->root);
        stack->root = value;
        return true;
    }
    json_t *parent = stack->open[stack->depth - 1];
    char **key = &stack->key[stack->depth - 1];
    if (json_is_array(parent)) {
        return json_array_append_new(parent, value) == 0;
    }
    if (!*key) {
        const char *name = json_is_string(value) ? json_string_value(value) : "";
        *key = strdup(name);
        json_decref(value);
        return *key != NULL;
    }
    int failed = json_object_set_new(parent, *key, value);
    free(*key);
    *key = NULL;
    return failed == 0;
}

static ro_status open_collection(ro_yaml_stack *stack, json_t *value, ro_error *err) {
    if (stack->depth == RO_FRONT_MATTER_DEPTH_MAX) {
        json_decref(value);
        return ro_fail(err, RO_LIMIT, "front matter nested more than %d deep",
                       RO_FRONT_MATTER_DEPTH_MAX);
    }
    bool as_key = stack->depth > 0 && json_is_object(stack->open[stack->depth - 1]) &&
                  !stack->key[stack->depth - 1];
    if (as_key) {
        json_decref(value);
        return ro_fail(err, RO_FORMAT, "front matter with a collection as a key");
    }
    if (!add_value(stack, value)) {
        return ro_fail_memory(err);
    }
    stack->open[stack->depth] = value;
    stack->key[stack->depth] = NULL;
    stack->depth++;
    return RO_OK;
}

static ro_status take_event(ro_yaml_stack *stack, const yaml_event_t *event, ro_error *err) {
    switch (event->type) {
    case YAML_MAPPING_START_EVENT:
        return open_collection(stack, json_object(), err);
    case YAML_SEQUENCE_START_EVENT:
        return open_collection(stack, json_array(), err);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        stack->depth--;
        free(stack->key[stack->depth]);
        stack->key[stack->depth] = NULL;
        return RO_OK;
    case YAML_ALIAS_EVENT:
        return add_value(stack, json_string("")) ? RO_OK : ro_fail_memory(err);
    case YAML_SCALAR_EVENT: {
        json_t *value =
            json_stringn((const char *)event->data.scalar.value, event->data.scalar.length);
        return add_value(stack, value) ? RO_OK : ro_fail_memory(err);
    }
    default:
        return RO_OK;
    }
}

static ro_status read_events(yaml_parser_t *parser, ro_yaml_stack *stack, ro_error *err) {
    for (bool more = true; more;) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event)) {
            return ro_fail_at(err, RO_FORMAT, (int64_t)parser->problem_mark.line + 2,
                              "bad front matter: %s (line %zu)",
                              parser->problem ? parser->problem : "not YAML",
                              parser->problem_mark.line + 2);
        }
        more = event.type != YAML_STREAM_END_EVENT && event.type != YAML_DOCUMENT_END_EVENT;
        ro_status status = take_event(stack, &event, err);
        yaml_event_delete(&event);
        if (status != RO_OK) {
            return status;
        }
    }
    return RO_OK;
}

ro_status ro_yaml_read(ro_str text, json_t **out, ro_error *err) {
    *out = NULL;
    if (text.len > RO_FRONT_MATTER_MAX) {
        return ro_fail(err, RO_LIMIT, "front matter of %zu bytes is longer than %zu", text.len,
                       RO_FRONT_MATTER_MAX);
    }
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) {
        return ro_fail_memory(err);
    }
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.ptr, text.len);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    ro_yaml_stack stack = {.depth = 0};
    ro_status status = read_events(&parser, &stack, err);
    for (size_t i = 0; i < RO_FRONT_MATTER_DEPTH_MAX; i++) {
        free(stack.key[i]);
    }
    if (status == RO_OK && !stack.root) {
        stack.root = json_object();
    }
    if (status == RO_OK && !json_is_object(stack.root)) {
        status = ro_fail(err, RO_FORMAT, "front matter is no mapping");
    }
    if (status == RO_OK) {
        *out = stack.root;
    } else {
        json_decref(stack.root);
    }
    yaml_parser_delete(&parser);
    return status;
}
