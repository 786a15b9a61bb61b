import{$ as e,Aa as a,Ba as t,Ca as l,Ea as s,G as n,Ia as r,Ja as i,Ma as o,V as u,Z as c,c as d,ca as h,e as v,f as $,g as m,ga as p,h as g,ha as f,ia as w,ja as y,k as b,l as I,m as C,ma as T,n as k,oa as D,p as N,ta as x,y as A,z as M,za as S}from"./chunk-WIWLIJCN.js";var Y=e=>new Date(e).toISOString();function L(e){let a=/^[=+\-@\t\r]/.test(e)?`'${e}`:e;return/[",\r\n]/.test(a)?`"${a.replaceAll('"','""')}"`:a}var j=2e4;async function E({accountId:e,userId:a,teamId:t,start:l,end:s,signal:n,most:r=j},i=A){let o=[],u="";do{let r={startTime:I(l),endTime:void 0===s?void 0:I(s)},c=await i.listStatusChanges({accountId:e,userId:a,teamId:t,...r,pageSize:1e3,pageToken:u},{signal:n});for(let e of c.changes)o.push({id:e.userId,name:e.displayName,team:e.teamId,revision:e.revision,from:e.previousStatus,to:e.status,cause:e.cause,actor:e.actor,reason:e.reason,at:b(e.effectiveTime)??0,expireAt:b(e.expireTime),then:e.then});u=c.nextPageToken}while(u&&o.length<r);return{changes:o.sort(R),isCapped:""!==u}}function R(e,a){return a.at-e.at||Number(a.revision-e.revision)}var U=class{constructor(e,a,t){this.wanted=e,this.calls=t,this.changes=[],this.from=e.end??a,this.until=e.end,this.isCut=!1,this.sliceMs=e.userId?Math.max(1,this.from-e.start):6e4}get isComplete(){return this.from<=this.wanted.start}forget(e){this.changes=this.changes.map(a=>function(e,a){let t=e.id===a;return t||e.actor===a?t?{...e,id:"",name:"",actor:"",reason:""}:{...e,actor:""}:e}(a,e))}async more(e,a){let t=this.changes.length;for(;!this.isComplete&&!a(this.changes)&&this.changes.length-t<j;){let a=Math.max(this.wanted.start,this.from-this.sliceMs),t=this.from-a<=1,l=t?j:4e3,s=await E({...this.wanted,start:a,end:this.until,signal:e,most:l},this.calls);!s.isCapped||t?(this.isCut||=s.isCapped,this.changes.push(...s.changes),this.from=this.until=a,s.changes.length<400&&(this.sliceMs*=8)):this.sliceMs=Math.max(1,Math.floor((this.from-a)/8))}}},_=["hour","today","yesterday","7","30","days"];function O(e,a,t,l){switch(e){case"hour":return{start:l-36e5,end:void 0};case"today":return{start:z(new Date(l),0),end:void 0};case"yesterday":return{start:z(new Date(l),-1),end:z(new Date(l),0)};case"days":{let[e,l]=[z(V(a),0),z(V(t||a),1)];return e<l?{start:e,end:l}:null}default:return{start:z(new Date(l),1-Number(e)),end:void 0}}}function V(e){let[a,t,l]=e.split("-").map(Number);return new Date(a,t-1,l)}function z(e,a){return new Date(e.getFullYear(),e.getMonth(),e.getDate()+a).getTime()}var F=[["MANUAL",m.MANUAL],["INACTIVITY",m.INACTIVITY],["ACTIVITY",m.ACTIVITY],["EXPIRY",m.EXPIRY],["DISCONNECT",m.DISCONNECT]];function P(){let a=u().history,t=v(""),l=v("today"),s=v(function(e){let a=new Date(e),t=e=>String(e).padStart(2,"0");return`${a.getFullYear()}-${t(a.getMonth()+1)}-${t(a.getDate())}`}(Date.now())),y=v(s.value),b=v(0),I=v(0),N=v(0),A=v(null),S=v(0),j=v(""),E=v(null),R=e=>!b.value||e.cause===b.value,V=async(e,a)=>{let t=e.changes.filter(R).length+500;E.value=a,j.value="";try{await e.more(a.signal,e=>e.filter(R).length>=t),A.value=e}catch(e){if(i(e)||n(e))return;j.value=r(e)}E.value===a&&(E.value=null)},z=O(l.value,s.value,y.value,Date.now());d(()=>{let e=new AbortController,a=setTimeout(()=>{let a=Date.now(),n=O(l.value,s.value,y.value,a);A.value=null,S.value=a;let r={accountId:M.peek(),userId:J(t.value),teamId:k.value};n&&V(new U({...r,...n},a),e)},t.value?400:0);return()=>{clearTimeout(a),e.abort(),E.value?.abort()}},[t.value,k.value,l.value,s.value,y.value,b.value,I.value]),d(()=>{let e=e=>{A.peek()?.forget(e),N.value++};return x.add(e),()=>{x.delete(e)}},[]),N.value;let P=A.value,X=P?.changes.filter(R)??[],G=T(t.value.trim()),K=G?[...D.all.values()].filter(e=>e.key.includes(G)).slice(0,20):[],q=!D.all.has(t.value.trim())&&B(t.value).length>1?a.sharedName:t.value?a.wholeName:a.kept;return C`<h1>${a.title}</h1>
<div class="tools">
<${o} all=${u().board.allTeams} isKept />
<label class="labelled"
>${a.person}
<input
type="search"
list="people"
maxlength="128"
placeholder=${a.anybody}
value=${t.value}
onInput=${e=>t.value=e.currentTarget.value}
/>
<datalist id="people">
${K.map(({id:e,name:a})=>C`<option key=${e} value=${e} label=${a?`${h(a)} (${h(e)})`:null}></option>`)}
</datalist>
</label>
<label class="labelled"
>${a.range}
<select onChange=${e=>l.value=e.currentTarget.value}>
${_.map(e=>C`<option value=${e} selected=${e===l.value}>${a.ranges[e]}</option>`)}
</select></label
>
${"days"===l.value&&[[a.firstDay,s],[a.lastDay,y]].map(([e,a])=>C`<label class="labelled" key=${e}
>${e}
<input type="date" value=${a.value} onChange=${e=>a.value=e.currentTarget.value}
/></label>`)}
<label class="labelled"
>${a.cause}
<select onChange=${e=>b.value=Number(e.currentTarget.value)}>
<option value="0">${a.anyCause}</option>
${F.map(([e,a])=>C`<option value=${a}>${u().cause.names[e]}</option>`)}
</select></label
>
<button type="button" onClick=${()=>I.value++}>${a.refresh}</button>
${X.length>0&&C`<button type="button" onClick=${()=>function(e,a){let t=document.createElement("a");t.href=URL.createObjectURL(new Blob(["\ufeff",a],{type:"text/csv;charset=utf-8"})),t.download=e,t.click(),setTimeout(()=>URL.revokeObjectURL(t.href),6e4)}(`${M.value}.csv`,function(e){return["effective_time,user_id,previous_status,status,cause,actor,reason,expire_time,then,display_name,team_id",...e.map(({at:e,id:a,name:t,team:l,from:s,to:n,cause:r,actor:i,reason:o,expireAt:u,then:c})=>{let d=void 0===u?["",""]:[Y(u),g[c]];return[Y(e),a,$[s],$[n],m[r],i,o,...d,t,l].map(L).join(",")}),""].join("\r\n")}(X))}>${a.download}</button>`}
<p class="hint end" role="status">
${P?`${a.shown(X.length)} · ${a.readAt(e(S.value))}`:u().common.loading}
${" "}· ${u().common.zone(c)}
</p>
</div>
${!z&&C`<${p} kind="warn">${a.noDays}<//>`}
${j.value&&C`<${p}
kind="error"
actions=${C`<button type="button" onClick=${()=>I.value++}>${u().common.retry}</button>`}
>${j.value}<//
>`}
${P?.isCut&&C`<${p} kind="warn">${a.cut}<//>`}
${P&&X.length>0&&C`<${W} changes=${X} top=${S.value} />`}
${P&&0===X.length&&C`<${f} title=${a.empty} hint=${q} />`}
${!P&&z&&!j.value&&C`<${w} />`}
${P&&!P.isComplete&&C`<p class="older">
<button type="button" disabled=${null!==E.value} onClick=${()=>V(P,new AbortController)}>
${E.value?u().common.loading:a.older}
</button>
<span class="hint">${a.readFrom(e(P.from))}</span>
</p>`}`}function B(e){let a=T(e.trim());return a?[...D.all.values()].filter(({name:e})=>e&&T(e)===a).map(({id:e})=>e):[]}function J(e){let a=e.trim(),t=D.all.has(a)?[]:B(a);return 1===t.length?t[0]:a}function W({changes:e,top:n}){let r=u().history,i=C`<div class="rows-head" role="rowgroup">
<div class="row change" role="row" aria-rowindex="1">
<div class="cell time" role="columnheader">${r.time}</div>
<div class="cell person" role="columnheader">${r.person}</div>
<div class="cell what" role="columnheader">${r.change}</div>
<div class="cell why" role="columnheader">${r.why}</div>
</div>
</div>`;return C`<${t}
count=${e.length}
row=${t=>{let n=e[t];return C`<div
class="row change"
role="row"
key=${String(n.revision)}
aria-rowindex=${t+2}
style=${{transform:`translateY(${t*a.value}px)`}}
>
<div class="cell time" role="gridcell"><${y} ms=${n.at} /></div>
<div class="cell person" role="rowheader">
${n.id?C`<a tabindex="-1" href=${N("person",n.id)}><${l} id=${n.id} name=${n.name} /></a>`:C`<${l} id="" />`}
</div>
<div class="cell what" role="gridcell"><${X} change=${n} /></div>
<div class="cell why" role="gridcell" title=${s(n)}>${s(n)}</div>
</div>`}}
head=${i}
label=${r.title}
top=${n}
/>`}function X({change:e}){let a=u().history;return C`<span class="from-to">
<span class="visually-hidden">${a.from}</span><${S} status=${e.from} />
<span aria-hidden="true" class="arrow">→</span><span class="visually-hidden">${a.to}</span>
<${S} status=${e.to} />
</span>`}export{E as a,P as b,X as c};