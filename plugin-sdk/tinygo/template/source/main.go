// What the source reads.
package main

import (
	"encoding/json"
	"strconv"

	"plutino/sdk"
	"plutino/sdk/host/clock"
	"plutino/sdk/source"
)

func init() { source.Register(&counter{Step: 1, Interval: 1000}) }

func main() {}

type counter struct {
	Step     int64 `json:"step"`
	Interval int64 `json:"interval"`
	next     int64
	due      int64
}

// Describe says that messages are JSON text, and that the source can go on from an offset.
func (c *counter) Describe() sdk.Description {
	return sdk.Description{Form: sdk.FormEncoded, Resumes: true}
}

// Configure is called once, first. dataSource: the stream's DATASOURCE; config: the options of its CONF_KEY as JSON.
func (c *counter) Configure(dataSource, config string) error {
	if err := json.Unmarshal([]byte(config), c); err != nil {
		return &sdk.Error{Kind: sdk.ErrorKindInvalid, Message: err.Error()}
	}
	return nil
}

// Open connects. offset: behind the last message that was processed before a restart.
func (c *counter) Open(offset *string) error {
	if offset != nil {
		next, err := strconv.ParseInt(*offset, 10, 64)
		if err != nil {
			return &sdk.Error{Kind: sdk.ErrorKindInvalid, Message: err.Error()}
		}
		c.next = next
	}
	c.due = clock.Now()
	return nil
}

// Collect gives at most max messages; none when nothing came within waitMs.
func (c *counter) Collect(max, waitMs uint32) (sdk.Messages, error) {
	left := c.due - clock.Now()
	if left > int64(waitMs) {
		clock.Sleep(waitMs)
		return sdk.Messages{Batch: [][]byte{}}, nil
	}
	if left > 0 {
		clock.Sleep(uint32(left))
	}
	c.due += c.Interval
	message := []byte(`{"count":` + strconv.FormatInt(c.next, 10) + `}`)
	c.next += c.Step
	offset := strconv.FormatInt(c.next, 10)
	return sdk.Messages{Batch: [][]byte{message}, Offset: &offset}, nil
}

// Commit says that everything up to offset has been processed. Nobody has to be told here.
func (c *counter) Commit(offset string) error { return nil }

// Close releases everything.
func (c *counter) Close() {}
