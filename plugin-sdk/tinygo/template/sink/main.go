// What the sink does.
package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"plutino/sdk"
	"plutino/sdk/host/log"
	"plutino/sdk/host/state"
	"plutino/sdk/sink"
)

func init() { sink.Register(&printer{Prefix: "row"}) }

func main() {}

type printer struct {
	Prefix string `json:"prefix"`
}

// Configure is called once, first. config: the properties of the action as JSON, checked against the manifest.
func (p *printer) Configure(config string) (sdk.Form, error) {
	if err := json.Unmarshal([]byte(config), p); err != nil {
		return sdk.FormRows, &sdk.Error{Kind: sdk.ErrorKindInvalid, Message: err.Error()}
	}
	return sdk.FormRows, nil
}

// Open connects. It is called again after every error of kind unavailable.
func (p *printer) Open() error {
	log.Log(sdk.LevelInfo, p.Prefix+" sink is ready")
	return nil
}

// Collect takes one batch: all of it or, with an error, nothing. properties: the values of properties that are templates, for each row.
func (p *printer) Collect(batch sdk.Batch, properties *sdk.RowBatch) error {
	data := batch.(sdk.RowBatch)
	for _, row := range data.Rows {
		cells := make([]string, len(row))
		for i, value := range row {
			cells[i] = data.Columns[i] + "=" + show(value)
		}
		log.Log(sdk.LevelInfo, p.Prefix+" "+strings.Join(cells, " "))
	}
	state.Increment("rows", int64(len(data.Rows)))
	return nil
}

// Close releases everything.
func (p *printer) Close() {}

func show(value sdk.Value) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case []byte:
		return fmt.Sprintf("(%d bytes)", len(value))
	default:
		return fmt.Sprint(value)
	}
}
